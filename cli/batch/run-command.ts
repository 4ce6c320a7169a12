import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { compareConcurrency, toLevels } from '@/lib/batch/compare-concurrency'
import { createBatchMeter } from '@/lib/batch/create-batch-meter'
import { listUndoneRows } from '@/lib/batch/list-undone-rows'
import { readRows } from '@/lib/batch/read-batch'
import { runBatch } from '@/lib/batch/run-batch'
import { scanBatch } from '@/lib/batch/scan-batch'
import { summarizeBatch } from '@/lib/batch/summarize-batch'
import type { ResultFormat } from '@/lib/batch/write-results'
import type { BatchOutcome, BatchRow, BatchScan } from '@/lib/domain/batch'
import { isAppError } from '@/lib/domain/error'
import { findEngine } from './find-engine'
import { formatCompare, formatSummary } from './format-summary'
import { HELP } from './help'
import { type BatchInput, openInput } from './open-input'
import { lockWork, openWork, toWorkFolder, type Work, writeOutput } from './open-work'
import { type BatchArguments, parseArguments, UsageError } from './parse-arguments'
import { reportProgress } from './report-progress'
import type { Terminal } from './terminal'
import { describeBadRow, describeError } from './words'

const EXIT = { all: 0, someFailed: 1, badInput: 2, stopped: 130 } as const
const MAX_TOLD_BAD = 20

/** The whole command, from its words to its exit code. */
export async function runCommand(options: {
  argv: readonly string[]
  terminal: Terminal
}): Promise<number> {
  const { argv, terminal } = options
  try {
    const given = parseArguments(argv)
    if (given === undefined) {
      terminal.print(HELP)
      return EXIT.all
    }
    return await (given.out === undefined || given.isCheck || given.compareRows !== undefined
      ? withScratch({ given, terminal })
      : withOutput({ given, out: given.out, terminal }))
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.tell(`${error.message}\n`)
      return EXIT.badInput
    }
    if (!isAppError(error)) throw error
    terminal.tell(`${describeError(error)}\n`)
    return error.code.startsWith('batch_') ? EXIT.badInput : EXIT.someFailed
  }
}

type Command = { given: BatchArguments; terminal: Terminal }

/** What leaves nothing behind: a look through the input, or a comparison. */
async function withScratch({ given, terminal }: Command): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'first-token-batch-'))
  try {
    const input = await openInput({ given, workFolder: folder, terminal })
    const scan = await look({ given, input, terminal })
    if (scan === undefined) return EXIT.badInput
    return given.isCheck ? EXIT.all : await compare({ given, input, terminal })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Undefined: it cannot be used, or not without leaving rows out. */
async function look(command: Command & { input: BatchInput }): Promise<BatchScan | undefined> {
  const { given, input, terminal } = command
  const scan = await scanBatch({ chunks: input.read(), reading: input.reading })
  const { bad, badRows, rows } = scan
  for (const one of bad.slice(0, MAX_TOLD_BAD)) terminal.tell(`${describeBadRow(one)}\n`)
  if (badRows > MAX_TOLD_BAD) terminal.tell(`… and ${badRows - MAX_TOLD_BAD} more\n`)
  if (given.isJson && given.isCheck) {
    terminal.print(`${JSON.stringify({ type: 'check', format: input.reading.format, ...scan })}\n`)
  } else {
    terminal.tell(
      `${rows} rows to ask (${input.reading.format}), ${badRows} that cannot be asked.\n`,
    )
  }
  if (rows === 0) return undefined
  if (badRows === 0 || given.isSkippingBad) return scan
  terminal.tell('--skip-bad goes on without them.\n')
  return undefined
}

async function compare(command: Command & { input: BatchInput }): Promise<number> {
  const { given, input, terminal } = command
  const found = await findEngine({ url: given.url, model: given.plan.model, terminal })
  if (found === undefined) return EXIT.stopped
  const rows: BatchRow[] = []
  for await (const row of readRows({ chunks: input.read(), reading: input.reading })) {
    rows.push(row)
    if (rows.length === given.compareRows) break
  }
  try {
    const { outcome, report } = await compareConcurrency({
      ...found,
      rows,
      levels: toLevels({ rows: rows.length, max: given.plan.concurrency }),
      plan: given.plan,
      model: () => found.model,
      signal: terminal.signal,
      id: crypto.randomUUID(),
      onLevel: ({ levels }) => terminal.tell(`${levels.at(-1)?.concurrency} at once: done\n`),
    })
    terminal.print(given.isJson ? `${JSON.stringify(report)}\n` : formatCompare(report))
    const hasFailed = report.levels.some(({ failed }) => failed > 0)
    return toExitCode({ outcome, hasFailed, terminal })
  } finally {
    await found.engine.close()
  }
}

type OutputCommand = Command & { out: string }

async function withOutput(command: OutputCommand): Promise<number> {
  const { given, out, terminal } = command
  const workFolder = toWorkFolder(out)
  const lock = await lockWork(workFolder)
  try {
    const input = await openInput({ given, workFolder, terminal })
    const scan = await look({ given, input, terminal })
    if (scan === undefined) return EXIT.badInput
    const work = await openWork({ ...given, out, scan, reading: input.reading })
    try {
      return await askAll({ ...command, input, scan, work })
    } finally {
      await work.close()
    }
  } finally {
    lock.release()
  }
}

async function askAll(
  command: OutputCommand & { input: BatchInput; scan: BatchScan; work: Work },
): Promise<number> {
  const { given, out, terminal, scan, work } = command
  const { journal } = work
  const kept = journal.count()
  if (kept > 0) terminal.tell(`Going on: ${kept} of ${scan.rows} rows have their result.\n`)
  const outcome = await ask(command)
  const format = given.outputFormat ?? toOutputFormat(out)
  await writeOutput({ out, journal, format, order: given.order })
  const summary = await summarizeBatch({ results: journal.list('done'), goodput: given.goodput })
  const counts = journal.counts()
  if (given.isJson)
    terminal.print(`${JSON.stringify({ type: 'end', outcome, ...counts, summary })}\n`)
  else terminal.print(formatSummary(summary))
  const isWhole = outcome.kind === 'complete' && counts.complete === scan.rows
  if (isWhole) await work.remove()
  else terminal.tell(`${toWorkFolder(out)} holds what is needed to go on.\n`)
  return toExitCode({ outcome, hasFailed: counts.failed + counts.interrupted > 0, terminal })
}

async function ask(
  command: OutputCommand & { input: BatchInput; scan: BatchScan; work: Work },
): Promise<BatchOutcome> {
  const { given, terminal, input, scan, work } = command
  const { journal } = work
  const counts = journal.counts()
  const todo = scan.rows - (given.isRetry ? counts.complete : journal.count())
  if (todo === 0) return { kind: 'complete' }
  const found = await findEngine({ url: given.url, model: given.plan.model, terminal })
  if (found === undefined) return { kind: 'cancelled' }
  const meter = createBatchMeter({
    rows: scan.rows,
    todo,
    counts: journal.counts,
    now: () => performance.now(),
  })
  const endReport = reportProgress({ meter, terminal, isJson: given.isJson })
  try {
    const { reading } = input
    return await runBatch({
      ...found,
      rows: listUndoneRows({ chunks: input.read(), reading, journal, isRetry: given.isRetry }),
      plan: given.plan,
      model: () => found.model,
      record: journal.append,
      signal: terminal.signal,
      observer: meter.observer,
      id: crypto.randomUUID(),
    })
  } finally {
    endReport()
    await found.engine.close()
  }
}

function toOutputFormat(out: string): ResultFormat {
  return extname(out).toLowerCase() === '.csv' ? 'csv' : 'jsonl'
}

function toExitCode(options: {
  outcome: BatchOutcome
  hasFailed: boolean
  terminal: Terminal
}): number {
  const { outcome, hasFailed, terminal } = options
  if (outcome.kind === 'cancelled') return EXIT.stopped
  if (outcome.kind === 'halted') terminal.tell(`${describeError(outcome.error)}\n`)
  return outcome.kind === 'halted' || hasFailed ? EXIT.someFailed : EXIT.all
}
