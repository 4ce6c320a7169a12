import { fileURLToPath } from 'node:url'
import { FAULT_ROWS } from '../../e2e/faults/fault-rows.ts'
import { collectFaultResults, listUnproven } from './collect-fault-results.ts'

/** Exit 1 when the run that has just been leaves a row of the failure model unproven. */
const root = fileURLToPath(new URL('../../', import.meta.url))
const { rows } = collectFaultResults({ rows: FAULT_ROWS, root })
const unproven = listUnproven(rows)
const proven = Object.keys(rows).length - unproven.length
process.stdout.write(`${proven} faults proven, ${unproven.length} not\n`)
for (const line of unproven) process.stdout.write(`${line}\n`)
process.exitCode = unproven.length === 0 ? 0 : 1
