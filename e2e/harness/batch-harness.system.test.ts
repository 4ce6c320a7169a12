import { expect, it } from 'vitest'
import { runBatchHarness } from './batch-harness.ts'

// A small run of what `harness batch` does at length; another seed each time, which a failure names.
const seed = Number(process.env.HARNESS_SEED ?? Date.now() % 1_000_000)

it('kill -9 while a batch runs loses and doubles no row, and never has more in flight than set', async () => {
  const report = await runBatchHarness({ kills: 4, seed })
  expect(report.problems, `seed ${seed}`).toEqual([])
  expect(report).toMatchObject({ kills: 4, lost: 0, doubled: 0 })
  expect(report.maxInFlight).toBe(report.concurrency)
}, 240_000)
