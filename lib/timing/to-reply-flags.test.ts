import { describe, expect, it } from 'vitest'
import type { ReplyTiming } from '@/lib/domain/reply-timing'
import { type FlagEvidence, toReplyFlags } from './to-reply-flags'

const timing = (more: Partial<ReplyTiming> = {}): ReplyTiming => ({
  ttftMs: 400,
  e2elMs: 1400,
  completionTokens: 50,
  interTokenMs: { p50: 20, p95: 25, max: 30 },
  ...more,
})
const steady = Array.from({ length: 49 }, (_, index) => (index + 1) * 20)

const CASES: [string, FlagEvidence, Record<string, Record<string, number>>][] = [
  [
    'nothing for a plain reply',
    { timing: timing(), activity: { aheadRequests: 0 }, arrivalOffsetsMs: steady },
    {},
  ],
  ['nothing where nothing is known', {}, {}],
  [
    'the queue by the engine’s own time, with those before it',
    { timing: timing({ queueMs: 380 }), activity: { aheadRequests: 7 } },
    {
      'waited-behind-others': { requests: 7, queueMs: 380 },
      'shared-the-engine': { requests: 7 },
    },
  ],
  [
    'no wait where the engine says that there was none',
    { timing: timing({ queueMs: 3 }), activity: { aheadRequests: 7 }, queuedBehindRequests: 7 },
    { 'shared-the-engine': { requests: 7 } },
  ],
  [
    'no wait for a queue that is a small part of the time',
    { timing: timing({ ttftMs: 2000, queueMs: 60 }), activity: { aheadRequests: 1 } },
    { 'shared-the-engine': { requests: 1 } },
  ],
  [
    'the wait that was seen, where the engine tells no times',
    { timing: timing(), activity: { aheadRequests: 0 }, queuedBehindRequests: 3 },
    { 'waited-behind-others': { requests: 3 } },
  ],
  [
    'no wait from requests that ran beside it',
    { timing: timing(), activity: { aheadRequests: 7 } },
    { 'shared-the-engine': { requests: 7 } },
  ],
  [
    'the share of others by their tokens',
    {
      timing: timing(),
      activity: { aheadRequests: 0, runningAtEnd: 2, waitingAtEnd: 1, generationTokens: 450 },
    },
    { 'shared-the-engine': { requests: 3, tokens: 400 } },
  ],
  [
    'preemptions',
    { timing: timing(), activity: { preemptions: 2 } },
    { preempted: { preemptions: 2 } },
  ],
  [
    'the first reply of a new process',
    { timing: timing(), isFirstOfProcess: true },
    { 'cold-after-restart': {} },
  ],
  [
    'a KV cache that is almost full at either end',
    { timing: timing(), activity: { kvCacheUsageAtStart: 0.5, kvCacheUsageAtEnd: 0.93 } },
    { 'cache-almost-full': { percent: 93 } },
  ],
  [
    'a stall, and after which delta',
    {
      timing: timing({ interTokenMs: { p50: 20, p95: 22, max: 900 } }),
      arrivalOffsetsMs: [20, 40, 940, 960],
    },
    { 'stalled-between-tokens': { gapMs: 900, usualMs: 20, delta: 3 } },
  ],
  [
    'no stall in a stream that is slow throughout',
    { timing: timing({ interTokenMs: { p50: 300, p95: 500, max: 900 } }) },
    {},
  ],
  [
    'an answer that a proxy held back',
    { timing: timing({ completionTokens: 100, decodeMs: 1980 }), arrivalOffsetsMs: [0.1, 0.2, 1] },
    { 'arrived-in-one-piece': { tokens: 100, spanMs: 1 } },
  ],
  [
    'an answer in a single delta',
    { timing: timing({ completionTokens: 100 }), arrivalOffsetsMs: [] },
    { 'arrived-in-one-piece': { tokens: 100, spanMs: 0 } },
  ],
  [
    'no piece of a few tokens',
    { timing: timing({ completionTokens: 3 }), arrivalOffsetsMs: [0.1, 0.2] },
    {},
  ],
  [
    'no piece where the engine was as quick itself',
    { timing: timing({ completionTokens: 100, decodeMs: 2 }), arrivalOffsetsMs: [1] },
    {},
  ],
  [
    'a pause before it',
    { timing: timing(), idleMs: 900_000 },
    { 'after-idle': { idleMs: 900_000 } },
  ],
  [
    'no pause while others kept the engine busy',
    { timing: timing(), idleMs: 900_000, activity: { aheadRequests: 1 } },
    { 'shared-the-engine': { requests: 1 } },
  ],
]

describe('toReplyFlags', () => {
  it.each(CASES)('says %s', (_, evidence, expected) => {
    const flags = toReplyFlags(evidence)
    expect(Object.fromEntries(flags.map(({ code, details }) => [code, details]))).toEqual(expected)
  })

  it('puts the weightiest reason first', () => {
    const flags = toReplyFlags({
      timing: timing({ queueMs: 300 }),
      activity: { aheadRequests: 2, preemptions: 1, kvCacheUsageAtEnd: 1 },
      idleMs: 5,
    })
    expect(flags.map(({ code }) => code)).toEqual([
      'waited-behind-others',
      'preempted',
      'shared-the-engine',
      'cache-almost-full',
    ])
  })
})
