import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FAULT_ROWS } from '../../e2e/faults/fault-rows'
import {
  type FaultResults,
  HARNESS_NAMES,
  judgeRows,
  listUnproven,
  readPlaywrightRuns,
  readVitestRuns,
} from './collect-fault-results'
import { buildFaultsPage } from './faults-page'

const root = new URL('../../', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
const results: FaultResults = JSON.parse(read('docs/fault-results.json'))

describe('docs/faults.md', () => {
  it('is what the registry and the recorded results make of it', () => {
    expect(read('docs/faults.md')).toBe(buildFaultsPage({ rows: FAULT_ROWS, results }))
  })

  it('has a row for every fault that the product can meet, each proven by all of its tests', () => {
    const present = FAULT_ROWS.filter(({ isAbsent }) => isAbsent === undefined)
    expect(Object.keys(results.rows)).toEqual(present.map(({ id }) => id))
    expect(listUnproven(results.rows)).toEqual([])
  })

  it('has the figures of every harness', () => {
    expect(Object.keys(results.harnesses)).toEqual([...HARNESS_NAMES])
    for (const name of HARNESS_NAMES) expect(read('docs/faults.md')).toContain(`-- ${name}`)
  })
})

describe('listUnproven', () => {
  it.each([
    [{ passed: 2, failed: 0, missing: [] }, []],
    [{ passed: 2, failed: 1, missing: [] }, ['F1: 2 passed, 1 failed; not run: none']],
    [{ passed: 2, failed: 0, missing: ['b'] }, ['F1: 2 passed, 0 failed; not run: b']],
    [{ passed: 0, failed: 0, missing: [] }, ['F1: 0 passed, 0 failed; not run: none']],
  ])('of %j is %j', (row, lines) => {
    expect(listUnproven({ F1: row })).toEqual(lines)
  })
})

describe('judgeRows', () => {
  const words = { fault: 'a', sees: 'b', stored: 'c', logged: 'd' }
  const proof = { file: 'a.test.ts', title: 'F1 is (really) %i ms' }
  const rows = [{ id: 'F1', ...words, proofs: [proof, { file: 'e2e/b.spec.ts', title: 'b' }] }]

  it('counts each case of a table, and names what was not run', () => {
    const assertionResults = [
      { title: 'F1 is (really) 5 ms', status: 'passed' },
      { title: 'F1 is (really) 7 ms', status: 'failed' },
      { title: 'F1 is something else', status: 'failed' },
    ]
    const report = { testResults: [{ name: '/root/a.test.ts', assertionResults }] }
    const runs = readVitestRuns({ report, root: '/root' })
    expect(judgeRows({ rows, runs })).toEqual({ F1: { passed: 1, failed: 1, missing: ['b'] } })
  })

  it('finds a browser test in whatever group it stands', () => {
    const spec = { title: 'b', ok: true, file: 'b.spec.ts' }
    const runs = readPlaywrightRuns({ suites: [{ suites: [{ specs: [spec] }] }] })
    expect(judgeRows({ rows, runs }).F1).toMatchObject({ passed: 1, missing: [proof.title] })
  })
})
