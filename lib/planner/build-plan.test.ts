import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gpuNamed, inputOf } from './__fixtures__/plan-inputs'
import { assessPlan, type ProblemCode, VERDICTS } from './assess-plan'
import { buildPlan } from './build-plan'
import { applyChange, findCures } from './find-cures'
import { GPUS } from './gpu-catalogue'
import { GIB, toSafeUtilization } from './measured-memory'
import { KNOWN_MODELS } from './model-catalogue'
import { KV_CACHE_DTYPES, WEIGHT_FORMATS } from './model-shape'
import { GPU_COUNTS, type PlanInput } from './plan-input'

const codesOf = (input: PlanInput): ProblemCode[] =>
  assessPlan(input).problems.map(({ code }) => code)

describe('the verdict', () => {
  it.each<[string, Partial<PlanInput>, string, ProblemCode[]]>([
    ['the default model on a 24 GB card', {}, 'fits', []],
    [
      'its full context on a 24 GB card',
      { maxModelLen: 262_144 },
      'does-not-fit',
      ['kv-too-small'],
    ],
    [
      'more than the model knows',
      { maxModelLen: 300_000 },
      'does-not-fit',
      ['context-above-model', 'kv-too-small'],
    ],
    [
      'a share that leaves nothing for serving',
      { gpuMemoryUtilization: 0.92 },
      'tight',
      ['serving-over-card'],
    ],
    ['all of the card', { gpuMemoryUtilization: 1 }, 'does-not-fit', ['graphs-over-card']],
    [
      'a card that the weights fill',
      { gpu: gpuNamed('8') },
      'does-not-fit',
      ['no-kv-memory', 'serving-over-card', 'workload-over-kv'],
    ],
    ['three cards', { gpuCount: 3 }, 'does-not-fit', ['heads-not-divisible']],
    [
      'more users than the cache holds',
      { workload: { users: 100, promptTokens: 500, answerTokens: 500, turns: 4 } },
      'tight',
      ['workload-over-kv'],
    ],
    [
      'conversations longer than the context',
      { workload: { users: 1, promptTokens: 5000, answerTokens: 5000, turns: 3 } },
      'tight',
      ['workload-over-context'],
    ],
    [
      'an fp8 cache on Ampere',
      { gpu: gpuNamed('RTX 3090'), kvCacheDtype: 'fp8' },
      'tight',
      ['kv-fp8-unsupported'],
    ],
    [
      'fewer tokens a step than sequences',
      { maxNumBatchedTokens: 128 },
      'does-not-fit',
      ['batched-below-seqs'],
    ],
    [
      'fp8 weights on Ampere',
      { gpu: gpuNamed('RTX 3090'), weights: 'fp8' },
      'fits',
      ['fp8-weights-only'],
    ],
  ])('of %s', (_, more, verdict, codes) => {
    const input = inputOf(more)
    expect(codesOf(input)).toEqual(codes)
    expect(assessPlan(input).verdict).toBe(verdict)
  })

  it('refuses a length that only a start from the compile cache would hold', () => {
    const { memory } = assessPlan(inputOf())
    const maxModelLen = memory.kvTokensCold + 16
    expect(maxModelLen).toBeLessThanOrEqual(memory.kvTokensWarm)
    expect(codesOf(inputOf({ maxModelLen }))).toContain('kv-only-warm')
    expect(codesOf(inputOf({ maxModelLen: memory.kvTokensCold }))).not.toContain('kv-only-warm')
  })

  it('never gets better with a longer context, nor worse with a larger card', () => {
    const rank = (input: PlanInput) => VERDICTS.indexOf(assessPlan(input).verdict)
    fc.assert(
      fc.property(
        fc.record({
          shape: fc.constantFrom(...KNOWN_MODELS),
          weights: fc.constantFrom(...WEIGHT_FORMATS),
          kvCacheDtype: fc.constantFrom(...KV_CACHE_DTYPES),
          memoryGib: fc.double({ min: 6, max: 200, noNaN: true }),
          gpuMemoryUtilization: fc.double({ min: 0.3, max: 1, noNaN: true }),
          maxModelLen: fc.integer({ min: 16, max: 262_144 }),
          users: fc.constantFrom(1, 16),
        }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (given, moreTokens, moreGib) => {
          const { memoryGib, users, ...rest } = given
          const workload = { users, promptTokens: 1, answerTokens: 1, turns: 1 }
          const card = (gib: number) => ({ ...gpuNamed('24'), memoryGib: gib })
          const batch = { maxNumSeqs: 256, maxNumBatchedTokens: 2048 }
          const input = { ...inputOf({ ...rest, workload, gpu: card(memoryGib) }), ...batch }
          const longer = { ...input, maxModelLen: input.maxModelLen + moreTokens }
          const larger = { ...input, gpu: card(memoryGib + moreGib) }
          expect(rank(longer)).toBeGreaterThanOrEqual(rank(input))
          expect(rank(larger)).toBeLessThanOrEqual(rank(input))
        },
      ),
    )
  })
})

describe('the cures', () => {
  it.each<[string, Partial<PlanInput>, string[]]>([
    ['nothing, where it fits', {}, []],
    ['a shorter context first', { maxModelLen: 262_144 }, ['max-model-len 88064']],
    [
      'an fp8 cache where only the workload is too much',
      { workload: { users: 100, promptTokens: 300, answerTokens: 300, turns: 2 } },
      ['kv-cache-dtype fp8'],
    ],
    ['a lower share where it is too high', { gpuMemoryUtilization: 0.95 }, ['utilization 0.88']],
    [
      'smaller weights on a small card',
      {
        gpu: gpuNamed('RTX 4060'),
        gpuMemoryUtilization: 0.64,
        maxModelLen: 4096,
        workload: { users: 1, promptTokens: 100, answerTokens: 100, turns: 2 },
      },
      ['weights awq'],
    ],
    [
      'a longer context for long conversations',
      {
        maxModelLen: 4096,
        workload: { users: 2, promptTokens: 2000, answerTokens: 2000, turns: 4 },
      },
      ['max-model-len 16384'],
    ],
    ['fewer tokens a step', { maxNumBatchedTokens: 400_000 }, ['max-num-batched-tokens 2048']],
    ['more tokens a step', { maxNumBatchedTokens: 128 }, ['max-num-batched-tokens 2048']],
    ['a number of cards that divides the heads', { gpuCount: 3 }, ['gpu-count 1']],
    [
      'a 16-bit cache on Ampere',
      { gpu: gpuNamed('A40'), kvCacheDtype: 'fp8' },
      ['kv-cache-dtype auto'],
    ],
  ])('name %s', (_, more, expected) => {
    const [cheapest] = findCures(inputOf(more))
    const words = cheapest?.changes.map(({ kind, value }) => `${kind} ${value}`) ?? []
    expect(words).toEqual(expected)
  })

  it('bring every plan they are given for to the verdict they promise', () => {
    fc.assert(
      fc.property(
        fc.record({
          shape: fc.constantFrom(...KNOWN_MODELS),
          weights: fc.constantFrom(...WEIGHT_FORMATS),
          kvCacheDtype: fc.constantFrom(...KV_CACHE_DTYPES),
          gpu: fc.constantFrom(...GPUS),
          gpuCount: fc.constantFrom(...GPU_COUNTS),
          gpuMemoryUtilization: fc.integer({ min: 30, max: 100 }).map((percent) => percent / 100),
          maxModelLen: fc.integer({ min: 16, max: 400_000 }),
        }),
        (given) => {
          const input = inputOf(given)
          const before = assessPlan(input).verdict
          const cures = findCures(input)
          if (before === 'fits') expect(cures).toEqual([])
          for (const cure of cures) {
            const changed = cure.changes.reduce(
              (at, change) => applyChange({ input: at, change }),
              input,
            )
            expect(changed).toEqual(cure.input)
            expect(assessPlan(changed).verdict).toBe(cure.verdict)
            expect(VERDICTS.indexOf(cure.verdict)).toBeLessThan(VERDICTS.indexOf(before))
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('buildPlan', () => {
  it('counts the chats that the cache holds at once on a first start', () => {
    const { chatsAtOnce, memory } = buildPlan(inputOf())
    expect(memory.kvTokensCold).toBe(88_080)
    expect(chatsAtOnce).toEqual([
      { contextTokens: 4096, chats: 21, isAllowed: true },
      { contextTokens: 8192, chats: 10, isAllowed: true },
      { contextTokens: 16_384, chats: 5, isAllowed: true },
      { contextTokens: 32_768, chats: 2, isAllowed: false },
      { contextTokens: 262_144, chats: 0, isAllowed: false },
    ])
  })

  it('shares out the whole card, and no more', () => {
    for (const gpu of GPUS) {
      for (const gpuMemoryUtilization of [0.5, 0.9, 1]) {
        const { budget, memory } = buildPlan(inputOf({ gpu, gpuMemoryUtilization }))
        const sum = budget.reduce((total, { share }) => total + share, 0)
        expect(sum).toBeLessThanOrEqual(1.000_001)
        const bytes = budget.reduce((total, part) => total + part.bytes, 0)
        if (memory.freeBytes >= 0 && memory.availableColdBytes >= 0) {
          expect(bytes).toBe(memory.totalBytes)
          expect(sum).toBeCloseTo(1)
        }
      }
    }
  })

  it('calls nothing an estimate that was measured, and everything else one', () => {
    const isEstimate = (more: Partial<PlanInput>, name: string) =>
      buildPlan(inputOf(more)).figures.find((figure) => figure.name === name)?.isEstimate
    expect(isEstimate({ gpu: gpuNamed('H200') }, 'kvTokensColdStart')).toBe(false)
    expect(isEstimate({}, 'kvTokensColdStart')).toBe(true)
    expect(isEstimate({}, 'kvBytesPerTokenPerGpu')).toBe(false)
  })
})

describe('toSafeUtilization', () => {
  it('gives a 24 GB card the 0.88 that was found to hold', () => {
    expect(toSafeUtilization({ gpu: gpuNamed('RTX 4090'), maxNumSeqs: 256 })).toBe(0.88)
  })

  it('leaves every card room for graphs and serving', () => {
    for (const gpu of GPUS) {
      const gpuMemoryUtilization = toSafeUtilization({ gpu, maxNumSeqs: 256 })
      const { memory } = assessPlan(inputOf({ gpu, gpuMemoryUtilization, maxNumSeqs: 256 }))
      expect(memory.freeBytes / GIB).toBeGreaterThan(0.5)
    }
  })
})
