import { isAppError } from '@/lib/domain/error'
import type { EngineHttp } from './engine-http'
import { parsePrometheus, type Sample } from './parse-prometheus'

/** Every label set (one a data-parallel engine) summed; a field that is absent was not reported. */
export type EngineMetrics = {
  /** Wall clock; another value means another process. */
  processStartedAtMs?: number
  runningRequests?: number
  waitingRequests?: number
  /** 0–1, the mean over the engines. */
  kvCacheUsage?: number
  /** True when an engine's weights are away. */
  isSleeping?: boolean
  /** Counters since the process began. */
  promptTokens?: number
  cachedPromptTokens?: number
  generationTokens?: number
  iterationTokens?: number
  preemptions?: number
  prefixCacheQueryTokens?: number
  prefixCacheHitTokens?: number
  /** Times to first token since the process began: how many were at or below `upper` seconds. */
  ttftBuckets?: { upper: number; count: number }[]
  /** 16 on a GPU, 128 on a CPU; only whole blocks are cached. */
  blockSizeTokens?: number
  kvCacheTokens?: number
  isPrefixCachingEnabled?: boolean
  gpuMemoryFraction?: number
  /** `auto`, `fp8` … */
  kvCacheDtype?: string
}

const SLEEP_STATE = 'vllm:engine_sleep_state'
const CACHE_CONFIG = 'vllm:cache_config_info'
const TTFT_BUCKET = 'vllm:time_to_first_token_seconds_bucket'

/** Each field's names, newest first; a version that has several is read once. */
const NAMES = {
  runningRequests: ['vllm:num_requests_running'],
  waitingRequests: ['vllm:num_requests_waiting'],
  kvCacheUsage: ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'],
  promptTokens: ['vllm:prompt_tokens_total', 'vllm:prompt_tokens'],
  cachedPromptTokens: ['vllm:prompt_tokens_cached_total', 'vllm:prompt_tokens_cached'],
  generationTokens: ['vllm:generation_tokens_total', 'vllm:generation_tokens'],
  iterationTokens: ['vllm:iteration_tokens_total_sum'],
  preemptions: ['vllm:num_preemptions_total', 'vllm:num_preemptions'],
  prefixCacheQueryTokens: [
    'vllm:prefix_cache_queries_total',
    'vllm:prefix_cache_queries',
    'vllm:gpu_prefix_cache_queries_total',
    'vllm:gpu_prefix_cache_queries',
  ],
  prefixCacheHitTokens: [
    'vllm:prefix_cache_hits_total',
    'vllm:prefix_cache_hits',
    'vllm:gpu_prefix_cache_hits_total',
    'vllm:gpu_prefix_cache_hits',
  ],
} as const satisfies Partial<Record<keyof EngineMetrics, readonly string[]>>

type SummedField = keyof typeof NAMES

const SUMMED_FIELDS: readonly SummedField[] = [
  'runningRequests',
  'waitingRequests',
  'promptTokens',
  'cachedPromptTokens',
  'generationTokens',
  'iterationTokens',
  'preemptions',
  'prefixCacheQueryTokens',
  'prefixCacheHitTokens',
]

const WANTED: ReadonlySet<string> = new Set([
  'process_start_time_seconds',
  SLEEP_STATE,
  CACHE_CONFIG,
  TTFT_BUCKET,
  ...Object.values(NAMES).flat(),
])

/** Reads vLLM's `/metrics`, 0.8 to today. Never throws: what is not there or broken stays absent. */
export function parseEngineMetrics(text: string): EngineMetrics {
  const byName = new Map<string, Sample[]>()
  for (const sample of parsePrometheus({ text, names: WANTED })) {
    const known = byName.get(sample.name)
    if (known === undefined) byName.set(sample.name, [sample])
    else known.push(sample)
  }
  const metrics: EngineMetrics = {}
  for (const field of SUMMED_FIELDS) {
    const values = valuesOf(byName, NAMES[field])
    if (values !== undefined) metrics[field] = sum(values)
  }
  const usage = valuesOf(byName, NAMES.kvCacheUsage)
  if (usage !== undefined) metrics.kvCacheUsage = sum(usage) / usage.length
  const startedSeconds = valuesOf(byName, ['process_start_time_seconds'])
  if (startedSeconds !== undefined) {
    metrics.processStartedAtMs = Math.round(Math.max(...startedSeconds) * 1000)
  }
  const sleep = byName.get(SLEEP_STATE)
  if (sleep !== undefined) metrics.isSleeping = sleep.some(isAsleep)
  const ttftBuckets = sumBuckets(byName.get(TTFT_BUCKET) ?? [])
  if (ttftBuckets.length > 0) metrics.ttftBuckets = ttftBuckets
  return { ...metrics, ...cacheFacts(byName.get(CACHE_CONFIG) ?? []) }
}

/**
 * `undefined` where the server has no such page, guards it or fails on it.
 * @throws {AppError} when it cannot be reached.
 */
export async function readEngineMetrics(options: {
  http: EngineHttp
  signal?: AbortSignal
  timeoutMs?: number
}): Promise<EngineMetrics | undefined> {
  const { http, ...limits } = options
  try {
    const text = await http.request({ path: '/metrics', base: 'root', accept: 'text', ...limits })
    return parseEngineMetrics(String(text))
  } catch (error) {
    if (isAppError(error) && HAS_NO_PAGE.has(error.code)) return undefined
    throw error
  }
}

const HAS_NO_PAGE: ReadonlySet<string> = new Set([
  'engine_path_not_found',
  'engine_model_not_found',
  'engine_unauthorized',
  'engine_rejected',
  'engine_redirected',
  'engine_wrong_content_type',
  'engine_failed',
  'engine_busy',
  'engine_proxy',
])

function valuesOf(
  byName: ReadonlyMap<string, Sample[]>,
  names: readonly string[],
): number[] | undefined {
  for (const name of names) {
    const samples = byName.get(name)
    if (samples !== undefined) return samples.map((sample) => sample.value)
  }
  return undefined
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Of all label sets together, by rising bound. */
function sumBuckets(samples: readonly Sample[]): { upper: number; count: number }[] {
  const counts = new Map<number, number>()
  for (const { labels, value } of samples) {
    const le = labels.get('le')
    const upper = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
    if (le !== undefined && !Number.isNaN(upper))
      counts.set(upper, (counts.get(upper) ?? 0) + value)
  }
  return [...counts].map(([upper, count]) => ({ upper, count })).sort((a, b) => a.upper - b.upper)
}

function isAsleep({ labels, value }: Sample): boolean {
  const state = labels.get('sleep_state')
  return state === 'awake' ? value === 0 : value === 1
}

/** vLLM writes its whole CacheConfig as label texts, `None` where nothing is set. */
function cacheFacts(samples: readonly Sample[]): EngineMetrics {
  const labels = samples[0]?.labels
  if (labels === undefined) return {}
  const facts: EngineMetrics = {}
  const blockSizeTokens = toNumber(labels.get('block_size'))
  if (blockSizeTokens !== undefined) facts.blockSizeTokens = blockSizeTokens
  const tokens = samples
    .map((sample) => kvTokens(sample.labels))
    .filter((count) => count !== undefined)
  if (tokens.length > 0) facts.kvCacheTokens = sum(tokens)
  const caching = labels.get('enable_prefix_caching')
  if (caching === 'True' || caching === 'False') facts.isPrefixCachingEnabled = caching === 'True'
  const fraction = toNumber(labels.get('gpu_memory_utilization'))
  if (fraction !== undefined) facts.gpuMemoryFraction = fraction
  const dtype = labels.get('cache_dtype')
  if (dtype !== undefined) facts.kvCacheDtype = dtype.slice(0, 40)
  return facts
}

function kvTokens(labels: ReadonlyMap<string, string>): number | undefined {
  const told = toNumber(labels.get('kv_cache_size_tokens'))
  if (told !== undefined) return told
  const blocks = toNumber(labels.get('num_gpu_blocks'))
  const size = toNumber(labels.get('block_size'))
  return blocks === undefined || size === undefined ? undefined : blocks * size
}

function toNumber(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
