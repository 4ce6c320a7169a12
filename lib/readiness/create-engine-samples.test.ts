import { beforeEach, describe, expect, it } from 'vitest'
import { createEngineSamples, type EngineSamples } from './create-engine-samples'

let nowMs: number
let samples: EngineSamples

beforeEach(() => {
  nowMs = 0
  samples = createEngineSamples({ now: () => nowMs })
})

describe('createEngineSamples', () => {
  it('gives the newest sample, and none that is too old', () => {
    expect(samples.latest(1000)).toBeUndefined()
    samples.add({ runningRequests: 1 })
    samples.add({ runningRequests: 2 })
    nowMs = 1000
    expect(samples.latest(1000)).toEqual({ metrics: { runningRequests: 2 }, atMs: 0 })
    expect(samples.latest(999)).toBeUndefined()
  })

  it('has the rates of the last minute only', () => {
    // A burst long ago, then ten tokens a second.
    samples.add({ generationTokens: 0 })
    for (let second = 1; second <= 300; second += 1) {
      nowMs = second * 1000
      samples.add({ generationTokens: 5000 + second * 10, runningRequests: 1 })
    }
    expect(samples.pulse()).toEqual({ runningRequests: 1, generationTokensPerSecond: 10 })
  })

  it('begins anew with a new process, told or not', () => {
    samples.add({ processStartedAtMs: 1, generationTokens: 500 })
    nowMs = 1000
    samples.add({ processStartedAtMs: 2, generationTokens: 900 })
    expect(samples.pulse()).toEqual({})
    nowMs = 2000
    samples.add({ processStartedAtMs: 2, generationTokens: 910 })
    expect(samples.pulse()).toEqual({ generationTokensPerSecond: 10 })
    const untold = createEngineSamples({ now: () => nowMs })
    untold.add({ generationTokens: 500 })
    nowMs = 3000
    untold.add({ generationTokens: 3 })
    expect(untold.pulse()).toEqual({})
  })

  it('says nothing of an engine that has been silent for ten seconds', () => {
    samples.add({ runningRequests: 1 })
    nowMs = 10_000
    expect(samples.pulse()).toEqual({ runningRequests: 1 })
    nowMs = 10_001
    expect(samples.pulse()).toEqual({})
  })
})
