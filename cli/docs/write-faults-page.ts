import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FAULT_ROWS } from '../../e2e/faults/fault-rows.ts'
import { collectFaultResults } from './collect-fault-results.ts'
import { buildFaultsPage } from './faults-page.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const results = collectFaultResults({ rows: FAULT_ROWS, root })
writeFileSync(join(root, 'docs/fault-results.json'), `${JSON.stringify(results, null, 2)}\n`)
writeFileSync(join(root, 'docs/faults.md'), buildFaultsPage({ rows: FAULT_ROWS, results }))
