import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FAULT_ROWS } from '../../e2e/faults/fault-rows.ts'
import { collectFaultResults, type FaultResults, HARNESS_NAMES } from './collect-fault-results.ts'
import { buildFaultsPage } from './faults-page.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const record = join(root, 'docs/fault-results.json')
const { rows, harnesses } = collectFaultResults({ rows: FAULT_ROWS, root })
// `npm test` clears the reports away: a harness that was not run since keeps its recorded figures.
const recorded: FaultResults = JSON.parse(readFileSync(record, 'utf8'))
const known = { ...recorded.harnesses, ...harnesses }
const results = {
  rows,
  harnesses: Object.fromEntries(
    HARNESS_NAMES.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])),
  ),
}
writeFileSync(record, `${JSON.stringify(results, null, 2)}\n`)
writeFileSync(join(root, 'docs/faults.md'), buildFaultsPage({ rows: FAULT_ROWS, results }))
