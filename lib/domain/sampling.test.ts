import { describe, expect, it } from 'vitest'
import { isSamplingNumber, SAMPLING_RANGES, type SamplingNumber } from './sampling'
import { samplingSchema } from './sampling.schema'

/** Each with what vLLM says of it: the edge that it takes, and the value beyond that it refuses. */
const EDGES: [SamplingNumber, number[], number[]][] = [
  ['temperature', [0, 0.7, 2], [-0.01, 2.01]],
  ['topP', [0.0001, 1], [0, -1, 1.01]],
  ['topK', [-1, 0, 20], [-2, 1.5]],
  ['minP', [0, 1], [-0.1, 1.1]],
  ['presencePenalty', [-2, 0, 2], [-2.1, 2.1]],
  ['frequencyPenalty', [-2, 0, 2], [-2.1, 2.1]],
  ['repetitionPenalty', [0.01, 1, 1.2], [0, -1, 101]],
  ['maxTokens', [1, 4096], [0, -1, 1.5, 2 ** 31]],
  ['seed', [0, -1, 2 ** 53 - 1], [0.5, 2 ** 53]],
]

describe('what a thread may ask of the sampler', () => {
  it.each(EDGES)('takes %s within its range, and nothing else', (name, good, bad) => {
    for (const value of good) {
      expect(isSamplingNumber({ name, value }), String(value)).toBe(true)
      expect(samplingSchema.parse({ [name]: value })).toEqual({ [name]: value })
    }
    for (const value of [...bad, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(isSamplingNumber({ name, value }), String(value)).toBe(false)
      expect(samplingSchema.safeParse({ [name]: value }).success, String(value)).toBe(false)
    }
  })

  it('has an edge case for each number', () => {
    expect(EDGES.map(([name]) => name).sort()).toEqual(Object.keys(SAMPLING_RANGES).sort())
  })

  it.each([
    [['\n'], true],
    [['a', 'b', 'c', 'd'], true],
    [['a', 'b', 'c', 'd', 'e'], false],
    [[''], false],
    [[], false],
    [['x'.repeat(257)], false],
    ['text', false],
  ])('takes one to four stops that are not empty: %j → %s', (stop, isTaken) => {
    expect(samplingSchema.safeParse({ stop }).success).toBe(isTaken)
  })

  it('takes nothing at all, which leaves everything to the model', () => {
    expect(samplingSchema.parse({})).toEqual({})
  })

  it.each([
    { n: 10_000 },
    { logprobs: 5 },
    { cache_salt: 'x' },
    { temperature: '0.5' },
    { temperature: null },
    { temperature: undefined },
  ])('refuses %j', (value) => {
    expect(samplingSchema.safeParse(value).success).toBe(false)
  })
})
