import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchArguments } from './parse-arguments.ts'
import type { Spread } from './spread.ts'

export type Row = {
  what: string
  unit: string
  /** Absent: not a budget of its own, a figure to judge others by. */
  budget?: number
  measured: Spread
  /** Of a difference or ratio: how far an A/A run was off. */
  noise?: number
  note?: string
}

export type Report = {
  title: string
  rows: Row[]
  /** What must be true and is no figure. */
  claims: { what: string; holds: boolean; note: string }[]
  notes: string[]
}

export type Machine = {
  cpu: string
  cores: number
  node: string
  loadBefore: number
  loadAfter: number
}

const OUT = fileURLToPath(new URL('../.data/bench/', import.meta.url))

export function readLoad(): number {
  return loadavg()[0] ?? Number.NaN
}

/** Writes the tables as Markdown and JSON into the data folder. */
export function writeReport({
  report,
  loadBefore,
  name,
  only,
}: {
  report: Report
  loadBefore: number
} & Pick<BenchArguments, 'name' | 'only'>): { file: string; text: string } {
  const machine: Machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    loadBefore,
    loadAfter: readLoad(),
  }
  mkdirSync(OUT, { recursive: true })
  const base = join(OUT, only === undefined ? name : `${name}-${only}`)
  const file = `${base}.md`
  const text = formatReport(report, machine)
  writeFileSync(file, text)
  writeFileSync(`${base}.json`, `${JSON.stringify({ machine, ...report }, null, 2)}\n`)
  return { file, text }
}

export function formatReport(report: Report, machine: Machine): string {
  const { cpu, cores, node, loadBefore, loadAfter } = machine
  return [
    `# ${report.title}`,
    '',
    `${cores} cores (${cpu}), Node ${node}; load average ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`,
    '',
    '| what | at most | median (least … most, of how many) | A/A off by | verdict |',
    '|---|---|---|---|---|',
    ...report.rows.map(formatRow),
    ...(report.claims.length === 0 ? [] : ['', '| claim | holds | |', '|---|---|---|']),
    ...report.claims.map(
      ({ what, holds, note }) => `| ${what} | ${holds ? 'yes' : '**no**'} | ${note} |`,
    ),
    ...(report.notes.length === 0 ? [] : ['', ...report.notes.map((note) => `- ${note}`)]),
    '',
  ].join('\n')
}

function formatRow({ what, unit, budget, measured, noise, note }: Row): string {
  const { median, min, max, count } = measured
  const figure = `${toText(median)} (${toText(min)} … ${toText(max)}, ${count})`
  const cells = [
    note === undefined ? what : `${what}; ${note}`,
    budget === undefined ? '' : `${budget} ${unit}`,
    `${figure} ${unit}`,
    noise === undefined ? '' : `${toText(noise)} ${unit}`,
    toVerdict({ budget, median, noise, unit }),
  ]
  return `| ${cells.map((cell) => cell.trim()).join(' | ')} |`
}

/** A ratio's difference is from 1. */
function toVerdict(options: {
  budget: number | undefined
  median: number
  noise: number | undefined
  unit: string
}): string {
  const { budget, median, noise, unit } = options
  const difference = unit === '×' ? median - 1 : median
  const words: string[] = []
  if (budget !== undefined) {
    words.push(median <= budget ? 'holds' : `**missed by ${toText(median / budget)}×**`)
  }
  if (noise !== undefined && Math.abs(difference) <= noise) words.push('inside the noise')
  return words.join(', ')
}

function toText(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(digits)
}
