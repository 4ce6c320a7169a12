import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { FaultRow, Proof } from '../../e2e/faults/fault-row.ts'

type HarnessResult = {
  line: string
  isGood: boolean
  machine: { cores: number; load: string }
  at: string
}

export type FaultResults = {
  /** How many of the runs of the tests of a row passed; a table's test runs once a case. */
  rows: Record<string, { passed: number; failed: number; missing: string[] }>
  /** What each harness measured, in one line. */
  harnesses: Record<string, HarnessResult>
}

export const HARNESS_NAMES = ['reload', 'stop', 'kill', 'soak', 'slow'] as const

/** One run of a test: its file from the root, its title without those of its groups. */
export type TestRun = { file: string; title: string; isPassed: boolean }

type VitestReport = {
  testResults: { name: string; assertionResults: { title: string; status: string }[] }[]
}

type PlaywrightSuite = {
  specs?: { title: string; ok: boolean; file: string }[]
  suites?: PlaywrightSuite[]
}

export function readVitestRuns(options: { report: VitestReport; root: string }): TestRun[] {
  const { report, root } = options
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status }) => ({
      file: relative(root, name),
      title,
      isPassed: status === 'passed',
    })),
  )
}

export function readPlaywrightRuns(suite: PlaywrightSuite): TestRun[] {
  const { specs = [], suites = [] } = suite
  return [
    ...specs.map(({ file, title, ok }) => ({ file: `e2e/${file}`, title, isPassed: ok })),
    ...suites.flatMap(readPlaywrightRuns),
  ]
}

/** A title as it stands in the source also stands for those that a table makes of it. */
function isRunOf(proof: Proof): (run: TestRun) => boolean {
  const pattern = proof.title
    .split(/%[sidfjo]|\$\w+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*')
  const title = new RegExp(`^${pattern}$`)
  return (run) => run.file === proof.file && title.test(run.title)
}

export function judgeRows(options: {
  rows: readonly FaultRow[]
  runs: readonly TestRun[]
}): FaultResults['rows'] {
  const judged: FaultResults['rows'] = {}
  for (const { id, proofs, isAbsent } of options.rows) {
    if (isAbsent !== undefined) continue
    const found = proofs.map((proof) => ({ proof, runs: options.runs.filter(isRunOf(proof)) }))
    const runs = found.flatMap((one) => one.runs)
    judged[id] = {
      passed: runs.filter(({ isPassed }) => isPassed).length,
      failed: runs.filter(({ isPassed }) => !isPassed).length,
      missing: found.filter((one) => one.runs.length === 0).map(({ proof }) => proof.title),
    }
  }
  return judged
}

/** A line for each row that a test failed, or that was not looked at in full. */
export function listUnproven(rows: FaultResults['rows']): string[] {
  return Object.entries(rows).flatMap(([id, { passed, failed, missing }]) => {
    if (passed > 0 && failed === 0 && missing.length === 0) return []
    return [`${id}: ${passed} passed, ${failed} failed; not run: ${missing.join(' | ') || 'none'}`]
  })
}

function readJson(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** From the reports that `npm test` and `harness` leave in .test-results. */
export function collectFaultResults(options: {
  rows: readonly FaultRow[]
  root: string
}): FaultResults {
  const { rows, root } = options
  const folder = join(root, '.test-results')
  const vitest = ['unit.json', 'system.json', 'postgres-system.json'].flatMap((name) => {
    const report = readJson(join(folder, name))
    return report === undefined ? [] : readVitestRuns({ report: report as VitestReport, root })
  })
  const playwright = readPlaywrightRuns(
    (readJson(join(folder, 'e2e.json')) ?? {}) as PlaywrightSuite,
  )
  const harnesses: FaultResults['harnesses'] = {}
  for (const name of HARNESS_NAMES) {
    const result = readJson(join(folder, 'harness', `${name}.json`))
    if (result === undefined) continue
    const { line, isGood, machine, at } = result as HarnessResult
    harnesses[name] = { line, isGood, machine, at }
  }
  return { rows: judgeRows({ rows, runs: [...vitest, ...playwright] }), harnesses }
}
