import type { ErrorDetails } from '@/lib/domain/error'
import type { TimingRow } from '@/lib/domain/timing-row'
import {
  TIPS,
  type TipCard,
  type TipFact,
  type TipName,
  type TipSymptom,
} from '@/lib/domain/tips-view'
import type { EngineMetrics } from '@/lib/engine/read-metrics'

/** Everything that the seven cards are about, as far as it is known. */
export type TipInputs = {
  /** The newest answers. */
  rows: readonly TimingRow[]
  metrics: EngineMetrics | undefined
  /** Of /v1/models. */
  maxModelLen: number | undefined
  /** What the log of the engine's start told. */
  logFacts: ErrorDetails
}

/** Below that an answer has not waited: it is the scheduler's own pace. */
const QUEUED_MS = 100
const NEAR_LIMIT = 0.9
const FULL_CACHE = 0.9
const COLD_SHARE = 0.5

export function toTipCards(inputs: TipInputs): TipCard[] {
  return TIPS.map((name) => ({ name, facts: FACTS[name](inputs), symptom: SYMPTOMS[name](inputs) }))
}

function fact(
  name: TipFact['name'],
  source: TipFact['source'],
  value: TipFact['value'] | undefined,
): TipFact {
  return { name, source, ...(value === undefined ? {} : { value }) }
}

const FACTS: Record<TipName, (inputs: TipInputs) => TipFact[]> = {
  batching: ({ metrics }) => [
    fact('runningRequests', '/metrics', metrics?.runningRequests),
    fact('waitingRequests', '/metrics', metrics?.waitingRequests),
  ],
  context: ({ maxModelLen }) => [fact('maxModelLen', '/v1/models', maxModelLen)],
  quantization: ({ logFacts }) => [
    fact('weightsGib', 'log', logFacts.weightsGib),
    fact('kvCacheGib', 'log', logFacts.kvCacheGib),
    fact('quantization', 'log', logFacts.quantization),
  ],
  'kv-share': ({ metrics }) => [
    fact('gpuMemoryFraction', '/metrics', metrics?.gpuMemoryFraction),
    fact('kvCacheTokens', '/metrics', metrics?.kvCacheTokens),
    fact('kvCacheUsage', '/metrics', metrics?.kvCacheUsage),
    fact('preemptions', '/metrics', metrics?.preemptions),
  ],
  prefix: (inputs) => [
    fact('prefixCaching', '/metrics', inputs.metrics?.isPrefixCachingEnabled),
    fact('blockSizeTokens', '/metrics', inputs.metrics?.blockSizeTokens),
    fact('cachedShare', 'answers', toCached(inputs)?.share),
  ],
  client: (inputs) => [
    fact('runningRequests', '/metrics', inputs.metrics?.runningRequests),
    fact('mostTogether', 'answers', toTogether(inputs)?.most),
  ],
  dtype: ({ logFacts, metrics }) => [
    fact('dtype', 'log', logFacts.dtype),
    fact('kvCacheDtype', '/metrics', metrics?.kvCacheDtype),
  ],
}

const UNKNOWN: TipSymptom = { level: 'unknown', code: 'unknown', values: {} }

const SYMPTOMS: Record<TipName, (inputs: TipInputs) => TipSymptom> = {
  batching({ rows }) {
    const waits = rows.flatMap(({ timing }) => timing?.queueMs ?? [])
    if (waits.length === 0) return UNKNOWN
    const queued = waits.filter((ms) => ms >= QUEUED_MS).length
    const values = { count: waits.length, queued, longestMs: Math.round(Math.max(...waits)) }
    return { level: queued > 0 ? 'hit' : 'fine', code: queued > 0 ? 'queued' : 'free', values }
  },
  context({ rows, maxModelLen }) {
    const lengths = rows.flatMap(({ timing }) =>
      timing?.promptTokens === undefined
        ? []
        : [timing.promptTokens + (timing.completionTokens ?? 0)],
    )
    if (lengths.length === 0 || maxModelLen === undefined) return UNKNOWN
    const longest = Math.max(...lengths)
    const isNear = longest >= NEAR_LIMIT * maxModelLen
    const values = { count: lengths.length, longest, limit: maxModelLen }
    return { level: isNear ? 'hit' : 'fine', code: isNear ? 'near' : 'roomy', values }
  },
  quantization({ logFacts: { weightsGib, kvCacheGib } }) {
    if (typeof weightsGib !== 'number' || typeof kvCacheGib !== 'number') return UNKNOWN
    const isHeavy = weightsGib > kvCacheGib
    const values = { weightsGib, kvCacheGib }
    return { level: isHeavy ? 'hit' : 'fine', code: isHeavy ? 'heavy' : 'light', values }
  },
  'kv-share'({ metrics }) {
    const { preemptions, kvCacheUsage } = metrics ?? {}
    if (kvCacheUsage === undefined) return UNKNOWN
    const values = { preemptions: preemptions ?? 0, percent: Math.round(kvCacheUsage * 100) }
    if (values.preemptions > 0) return { level: 'hit', code: 'preempting', values }
    const isFull = kvCacheUsage >= FULL_CACHE
    return { level: isFull ? 'hit' : 'fine', code: isFull ? 'full' : 'roomy', values }
  },
  prefix(inputs) {
    if (inputs.metrics?.isPrefixCachingEnabled === false) {
      return { level: 'hit', code: 'off', values: {} }
    }
    const cached = toCached(inputs)
    if (cached === undefined) return UNKNOWN
    const isCold = cached.share < COLD_SHARE
    const values = { count: cached.count, percent: Math.round(cached.share * 100) }
    return { level: isCold ? 'hit' : 'fine', code: isCold ? 'cold' : 'warm', values }
  },
  client(inputs) {
    const together = toTogether(inputs)
    if (together === undefined) return UNKNOWN
    const isAlone = together.most <= 1
    return {
      level: isAlone ? 'hit' : 'fine',
      code: isAlone ? 'alone' : 'together',
      values: together,
    }
  },
  dtype({ logFacts: { dtype } }) {
    if (typeof dtype !== 'string') return UNKNOWN
    const isUsual = dtype === 'bfloat16'
    return { level: isUsual ? 'fine' : 'hit', code: isUsual ? 'usual' : 'other', values: { dtype } }
  },
}

/** Of all prompt tokens of the answers that told it, the share that came from the cache. */
function toCached({ rows }: TipInputs): { count: number; share: number } | undefined {
  const told = rows.flatMap(({ timing }) =>
    timing?.promptTokens === undefined || timing.cachedTokens === undefined
      ? []
      : [{ prompt: timing.promptTokens, cached: timing.cachedTokens }],
  )
  const prompt = told.reduce((sum, each) => sum + each.prompt, 0)
  if (prompt === 0) return undefined
  return { count: told.length, share: told.reduce((sum, each) => sum + each.cached, 0) / prompt }
}

/** Requests at once, the answer's own included. */
function toTogether({ rows }: TipInputs): { count: number; most: number } | undefined {
  const ahead = rows.flatMap(({ timing }) => timing?.aheadRequests ?? [])
  return ahead.length === 0 ? undefined : { count: ahead.length, most: Math.max(...ahead) + 1 }
}
