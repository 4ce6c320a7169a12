import { describe, expect, it } from 'vitest'
import type { ReplyTiming } from '@/lib/domain/reply-timing'
import type { TimingRow } from '@/lib/domain/timing-row'
import { TIPS, type TipName } from '@/lib/domain/tips-view'
import messages from '@/lib/i18n/messages/en.json'
import { type TipInputs, toTipCards } from './to-tip-cards'

const row = (timing: Partial<ReplyTiming>): TimingRow => ({
  messageId: 'm',
  threadId: 't',
  question: 'q',
  createdAtMs: 1,
  status: 'complete',
  timing: { e2elMs: 1000, ...timing },
})

const inputs = (more: Partial<TipInputs> = {}): TipInputs => ({
  rows: [],
  metrics: undefined,
  maxModelLen: undefined,
  logFacts: {},
  ...more,
})

const cardOf = (name: TipName, more: Partial<TipInputs>) =>
  toTipCards(inputs(more)).find((card) => card.name === name)

describe('toTipCards', () => {
  it('gives every tip a card that says what is not known, from nothing', () => {
    const cards = toTipCards(inputs())
    expect(cards.map(({ name }) => name)).toEqual(TIPS)
    for (const { facts, symptom } of cards) {
      expect(symptom).toEqual({ level: 'unknown', code: 'unknown', values: {} })
      for (const fact of facts) expect(fact).not.toHaveProperty('value')
    }
  })

  it.each<[TipName, string, Partial<TipInputs>, Record<string, unknown>]>([
    [
      'batching',
      'hit queued',
      { rows: [row({ queueMs: 3 }), row({ queueMs: 380.4 })] },
      { count: 2, queued: 1, longestMs: 380 },
    ],
    ['batching', 'fine free', { rows: [row({ queueMs: 3 }), row({})] }, { count: 1, queued: 0 }],
    [
      'context',
      'hit near',
      { rows: [row({ promptTokens: 3600, completionTokens: 200 })], maxModelLen: 4096 },
      { longest: 3800, limit: 4096 },
    ],
    [
      'context',
      'fine roomy',
      { rows: [row({ promptTokens: 100 })], maxModelLen: 4096 },
      { longest: 100 },
    ],
    [
      'quantization',
      'hit heavy',
      { logFacts: { weightsGib: 7.64, kvCacheGib: 2.1 } },
      { weightsGib: 7.64 },
    ],
    [
      'quantization',
      'fine light',
      { logFacts: { weightsGib: 2.63, kvCacheGib: 18 } },
      { kvCacheGib: 18 },
    ],
    [
      'kv-share',
      'hit preempting',
      { metrics: { preemptions: 3, kvCacheUsage: 0.2 } },
      { preemptions: 3 },
    ],
    ['kv-share', 'hit full', { metrics: { preemptions: 0, kvCacheUsage: 0.97 } }, { percent: 97 }],
    ['kv-share', 'fine roomy', { metrics: { kvCacheUsage: 0.2 } }, { percent: 20 }],
    ['prefix', 'hit off', { metrics: { isPrefixCachingEnabled: false } }, {}],
    [
      'prefix',
      'hit cold',
      {
        rows: [
          row({ promptTokens: 100, cachedTokens: 0 }),
          row({ promptTokens: 100, cachedTokens: 96 }),
        ],
      },
      { count: 2, percent: 48 },
    ],
    [
      'prefix',
      'fine warm',
      { rows: [row({ promptTokens: 100, cachedTokens: 96 })] },
      { percent: 96 },
    ],
    ['client', 'hit alone', { rows: [row({ aheadRequests: 0 })] }, { count: 1, most: 1 }],
    ['client', 'fine together', { rows: [row({ aheadRequests: 7 })] }, { most: 8 }],
    ['dtype', 'fine usual', { logFacts: { dtype: 'bfloat16' } }, { dtype: 'bfloat16' }],
    ['dtype', 'hit other', { logFacts: { dtype: 'float16' } }, { dtype: 'float16' }],
  ])('%s: %s', (name, expected, more, values) => {
    const symptom = cardOf(name, more)?.symptom
    expect(`${symptom?.level} ${symptom?.code}`).toBe(expected)
    expect(symptom?.values).toMatchObject(values)
    const sentences: Record<string, Record<string, string>> = messages.tips.symptoms
    expect(sentences[name]).toHaveProperty(symptom?.code ?? '')
  })

  it('shows what the engine tells of itself', () => {
    const metrics = {
      isPrefixCachingEnabled: true,
      blockSizeTokens: 16,
      gpuMemoryFraction: 0.88,
      kvCacheTokens: 88_080,
      runningRequests: 2,
    }
    const facts = toTipCards(inputs({ metrics, maxModelLen: 8192 })).flatMap((card) => card.facts)
    const readFact = (name: string) => facts.find((fact) => fact.name === name)?.value
    expect(readFact('prefixCaching')).toBe(true)
    expect(readFact('blockSizeTokens')).toBe(16)
    expect(readFact('gpuMemoryFraction')).toBe(0.88)
    expect(readFact('maxModelLen')).toBe(8192)
  })
})
