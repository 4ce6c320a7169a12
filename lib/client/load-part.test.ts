import { expect, it } from 'vitest'
import { loadPart } from './load-part'

it('asks again until the part is there, less and less often', async () => {
  const delays: number[] = []
  let attempts = 0
  const load = async () => {
    attempts += 1
    if (attempts < 8) throw new Error('Loading chunk failed')
    return 'part'
  }
  const sleep = async (delayMs: number) => void delays.push(delayMs)
  expect(await loadPart(load, { sleep })).toBe('part')
  expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000])
})
