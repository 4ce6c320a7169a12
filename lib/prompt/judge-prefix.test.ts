import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeTokenStrings } from './decode-token-strings'
import { judgePrefix, type PrefixEvidence } from './judge-prefix'

const count = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
/** A turn of 100 tokens: 60 of the request, 40 of the answer. */
const last = { tokens: count(0, 100), requestTokens: 60, computedTokens: 98 }
const warmUp = { tokens: [...count(0, 40), -1, -2], isWarmUp: true }
const next = [...count(0, 130)]

const judge = (more: Partial<PrefixEvidence>) =>
  judgePrefix({
    promptTokens: next,
    held: [last],
    blockSizeTokens: 16,
    countedTokens: more.promptTokens?.length ?? next.length,
    reportedTokens: 96,
    ...more,
  })

describe('judgePrefix', () => {
  it.each<[string, Partial<PrefixEvidence>, object]>([
    [
      'as predicted: the last request with its answer, in whole blocks',
      {},
      { reason: 'as-predicted', commonPrefixTokens: 98, predictedTokens: 96, reportedTokens: 96 },
    ],
    ['as predicted when others gave more', { reportedTokens: 112 }, { reason: 'as-predicted' }],
    [
      'not more than all but the last token of the same prompt again',
      { promptTokens: count(0, 64), reportedTokens: 48 },
      { reason: 'as-predicted', commonPrefixTokens: 64, predictedTokens: 48 },
    ],
    [
      'the token that changed',
      { promptTokens: [...count(0, 20), 999, ...count(21, 130)], reportedTokens: 16 },
      { reason: 'changed', changedAtToken: 20, commonPrefixTokens: 20, predictedTokens: 16 },
    ],
    [
      'a change in the very first block',
      { promptTokens: [0, 999, ...count(2, 130)], reportedTokens: 0 },
      { reason: 'changed', changedAtToken: 1, predictedTokens: 0 },
    ],
    ['nothing kept', { reportedTokens: 0 }, { reason: 'evicted', predictedTokens: 96 }],
    ['a part kept', { reportedTokens: 32 }, { reason: 'evicted' }],
    ['all but the answer kept', { reportedTokens: 48 }, { reason: 're-tokenized' }],
    ['half of the answer kept', { reportedTokens: 80 }, { reason: 're-tokenized' }],
    ['another replica', { reportedTokens: 0, isOtherReplica: true }, { reason: 'other-replica' }],
    ['a replica that had it all the same', { isOtherReplica: true }, { reason: 'as-predicted' }],
    [
      'a first request with the system prompt warm',
      { held: [warmUp], reportedTokens: 32 },
      { reason: 'as-predicted', predictedTokens: 32, commonPrefixTokens: 40 },
    ],
    [
      'a first request with the warm-up lost',
      { held: [warmUp], reportedTokens: 0 },
      { reason: 'evicted' },
    ],
    [
      'a first request',
      { held: [], reportedTokens: 0 },
      { reason: 'first-request', predictedTokens: 0 },
    ],
    [
      'a first request that others had warmed',
      { held: [], reportedTokens: 32 },
      { reason: 'first-request', predictedTokens: 0, reportedTokens: 32 },
    ],
    [
      'a system prompt that fills no block',
      { held: [warmUp], blockSizeTokens: 128, reportedTokens: 0 },
      { reason: 'shorter-than-block', predictedTokens: 0 },
    ],
    [
      'a prompt that fills no block',
      { promptTokens: count(0, 16), held: [], reportedTokens: 0 },
      { reason: 'shorter-than-block' },
    ],
    [
      'a thread that fills no block yet',
      { blockSizeTokens: 128, reportedTokens: 0 },
      { reason: 'shorter-than-block' },
    ],
    [
      'the thread over the warm-up, where both begin alike',
      { held: [warmUp, last] },
      { reason: 'as-predicted', predictedTokens: 96 },
    ],
    ['caching off', { isCachingOff: true, reportedTokens: 0 }, { reason: 'caching-off' }],
    [
      'nothing reported',
      { reportedTokens: undefined },
      { reason: 'not-reported', predictedTokens: 96 },
    ],
    ['no block size', { blockSizeTokens: undefined }, { reason: 'not-comparable' }],
    [
      'no tokens',
      { promptTokens: undefined, countedTokens: 130 },
      { reason: 'not-comparable', promptTokens: 130 },
    ],
    [
      'tokens that the engine counted otherwise',
      { countedTokens: 131 },
      { reason: 'not-comparable' },
    ],
    [
      'neither tokens nor a report',
      { promptTokens: undefined, reportedTokens: undefined },
      { reason: 'not-reported' },
    ],
  ])('says %s', (_, evidence, expected) => {
    expect(judge(evidence)).toMatchObject(expected)
  })

  it('predicts whole blocks, never the last token, never more than is common', () => {
    const tokens = fc.array(fc.nat(3), { maxLength: 200 })
    fc.assert(
      fc.property(tokens, tokens, fc.constantFrom(1, 16, 128), (prompt, held, blockSizeTokens) => {
        const verdict = judge({ promptTokens: prompt, held: [{ tokens: held }], blockSizeTokens })
        const { predictedTokens = -1, commonPrefixTokens = -1 } = verdict
        expect(predictedTokens % blockSizeTokens).toBe(0)
        expect(predictedTokens).toBeLessThanOrEqual(Math.max(0, prompt.length - 1))
        expect(predictedTokens).toBeLessThanOrEqual(commonPrefixTokens)
        expect(prompt.slice(0, commonPrefixTokens)).toEqual(held.slice(0, commonPrefixTokens))
        expect(verdict.changedAtToken ?? commonPrefixTokens).toBe(commonPrefixTokens)
      }),
    )
  })
})

describe('decodeTokenStrings', () => {
  it.each([
    [['Hello', 'Ġworld', 'Ċ'], 'Hello world\n'],
    [['â', 'Ĥ', '¬'], '€'],
    [['▁Hello', '▁world'], ' Hello world'],
    [['<|im_start|>', 'user', 'Ċ'], '<|im_start|>user\n'],
    [['语'], '语'],
  ])('reads %j', (tokens, text) => {
    expect(decodeTokenStrings(tokens)).toBe(text)
  })
})
