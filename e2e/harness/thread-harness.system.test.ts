import { expect, it } from 'vitest'
import { runThreadHarness } from './thread-harness.ts'

// A small run of what `harness threads` does at length; another seed each time, which a failure names.
const seed = Number(process.env.HARNESS_SEED ?? Date.now() % 1_000_000)

it('kill -9 and a full disk amid edits, branches, imports and deletes lose and double nothing', async () => {
  const report = await runThreadHarness({ kills: 8, seed })
  expect(report.problems, `seed ${seed}`).toEqual([])
  expect(report).toMatchObject({ kills: 8, lost: 0, doubled: 0, unopenable: 0 })
  expect(report.acknowledged).toBeGreaterThan(20)
}, 240_000)
