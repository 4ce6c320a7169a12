import type { FaultRow } from '../../e2e/faults/fault-row.ts'
import type { FaultResults } from './collect-fault-results.ts'

const HEAD = `# What can go wrong, and what happens then

<!-- Generated from e2e/faults/fault-rows.ts and docs/fault-results.json: node cli/docs/write-faults-page.ts -->

A question is stored before the engine is asked. Every reply ends as exactly one of complete, stopped,
interrupted and failed. Every fault has one code, one sentence and one way on; nothing is repeated by itself.
Each row is proven by tests that bear its number; most of them drive the built server, on an engine
that is told to fail, and look at all four columns.

| | fault | the user sees | stored | in the log, towards the engine | tests |
|---|---|---|---|---|---|
`

const HARNESS_HEAD = `
## Again and again

What no single test shows: the built server on the scripted engine, at random moments, at the length that
the command has by itself. Small runs of the same harnesses are part of every \`npm test\`. Load is that of
the whole machine, at the end of the run.

| command | measured | promise |
|---|---|---|
`

const PROMISES: Record<string, string> = {
  reload: 'no gap, no repeat, in any tab',
  stop: 'the socket of the engine is closed within 100 ms (p99), nothing goes on',
  kill: 'nothing acknowledged is lost or doubled, all opens, at most 1 s of text is gone',
  soak: 'memory and handles stay flat, no rejection is left unhandled',
  slow: 'nobody else waits, at most 50 MiB are taken',
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function toResult(row: FaultRow, results: FaultResults): string {
  if (row.isAbsent !== undefined) return `none: ${row.isAbsent}`
  const { passed = 0, failed = 0, missing = [] } = results.rows[row.id] ?? {}
  const problems = [
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(missing.length > 0 ? [`**${missing.length} not run**`] : []),
  ]
  return [`${passed} passed`, ...problems].join(', ')
}

function toRow(row: FaultRow, results: FaultResults): string {
  const { id, fault, sees, stored, logged } = row
  const cells = [id, fault, sees, stored, logged, toResult(row, results)]
  return `| ${cells.map(escapeCell).join(' | ')} |`
}

function toHarnessRow(name: string, result: FaultResults['harnesses'][string]): string {
  const { line, isGood, machine, at } = result
  const where = `${at.slice(0, 10)}, ${machine.cores} cores, load ${machine.load}`
  const verdict = `${isGood ? 'kept' : '**broken**'}: ${PROMISES[name] ?? ''}`
  const cells = [`\`npm run harness -- ${name}\``, `${line} (${where})`, verdict]
  return `| ${cells.map(escapeCell).join(' | ')} |`
}

function toProofs({ id, proofs }: FaultRow): string[] {
  return proofs.map(({ file, title }) => `- ${id}: [${file}](../${file}): ${title}`)
}

/** docs/faults.md as a whole. */
export function buildFaultsPage(options: {
  rows: readonly FaultRow[]
  results: FaultResults
}): string {
  const { rows, results } = options
  const table = rows.map((row) => toRow(row, results)).join('\n')
  const harnesses = Object.entries(results.harnesses).map(([name, result]) =>
    toHarnessRow(name, result),
  )
  const proofs = rows.flatMap(toProofs).join('\n')
  return `${HEAD}${table}\n${HARNESS_HEAD}${harnesses.join('\n')}\n\n## The tests\n\n${proofs}\n`
}
