import { readFileSync } from 'node:fs'
import type { EngineCore } from './engine-core.ts'
import type { HttpMetrics } from './http-metrics.ts'
import { formatPrometheusNumber } from './python-text.ts'
import type { EngineScenario } from './scenario.ts'

const TEMPLATE = readFileSync(new URL('./metrics-template.txt', import.meta.url), 'utf8')
const LINES = TEMPLATE.replace(/\n$/, '').split('\n')
const TEMPLATE_MODEL = 'smollm2-135m-instruct'

export type MetricsSource = {
  engine: EngineScenario
  core: EngineCore
  http: HttpMetrics
  /** Seconds since the epoch. */
  startedAtSeconds: number
}

type Sample = { name: string; labels: Map<string, string> }

const SAMPLE = /^([\w:]+)(?:\{(.*)\})? (\S+)$/
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g
// The label that tells the series of one metric apart; the others are the same everywhere.
const DISTINCT = ['sleep_state', 'finished_reason', 'source', 'reason']

function parseSample(line: string): Sample | undefined {
  const match = SAMPLE.exec(line)
  if (match === null) return undefined
  const labels = new Map<string, string>()
  for (const [, name, value] of (match[2] ?? '').matchAll(LABEL)) {
    if (name !== undefined && value !== undefined) labels.set(name, value)
  }
  return { name: match[1] ?? '', labels }
}

function toKey({ name, labels }: Sample): string {
  const distinct = DISTINCT.map((label) => labels.get(label)).find((value) => value !== undefined)
  return distinct === undefined ? name : `${name} ${distinct}`
}

function readGauges({ engine, core, startedAtSeconds }: MetricsSource): Map<string, number> {
  const asleep = engine.sleeping ? 1 : 0
  return new Map([
    ['process_start_time_seconds', startedAtSeconds],
    ['vllm:num_requests_running', core.running()],
    ['vllm:num_requests_waiting', core.waiting()],
    ['vllm:num_requests_waiting_by_reason capacity', core.waiting()],
    ['vllm:engine_sleep_state awake', 1 - asleep],
    ['vllm:engine_sleep_state weights_offloaded', asleep],
    ['vllm:kv_cache_usage_perc', core.kvUsage()],
    ['vllm:num_preemptions_total', engine.preemptions],
  ])
}

function readHistogram(options: { core: EngineCore; sample: Sample }): number | undefined {
  const { name, labels } = options.sample
  const match = /^(.*)_(bucket|count|sum)$/.exec(name)
  const histogram = options.core.counters.histogram(match?.[1] ?? '')
  if (match === null || histogram === undefined) return undefined
  if (match[2] === 'count') return histogram.count
  if (match[2] === 'sum') return histogram.sum
  const le = labels.get('le')
  const most = le === '+Inf' || le === undefined ? Number.POSITIVE_INFINITY : Number(le)
  return [...histogram.values].reduce((count, [value, n]) => (value <= most ? count + n : count), 0)
}

function renderCacheConfig(options: { line: string; engine: EngineScenario }): string {
  const { kvCacheTokens, blockSize, maxModelLen } = options.engine
  const blocks = Math.floor(kvCacheTokens / blockSize)
  const values: Record<string, string> = {
    block_size: String(blockSize),
    effective_attention_block_size: String(blockSize),
    kv_cache_size_tokens: String(kvCacheTokens),
    kv_cache_max_concurrency: String(blocks / Math.ceil(maxModelLen / blockSize)),
    num_gpu_blocks: String(blocks),
  }
  return options.line.replace(LABEL, (whole, name: string) =>
    values[name] === undefined ? whole : `${name}="${values[name]}"`,
  )
}

/** By today's name, that of vLLM 0.8. */
const OLD_NAMES: Record<string, string> = {
  'vllm:kv_cache_usage_perc': 'vllm:gpu_cache_usage_perc',
  'vllm:prefix_cache_queries': 'vllm:gpu_prefix_cache_queries',
  'vllm:prefix_cache_hits': 'vllm:gpu_prefix_cache_hits',
}
const RENAMED = new RegExp(`\\b(?:${Object.keys(OLD_NAMES).join('|')})(?=[_ {])`, 'g')

/** The text of /metrics: every line that a real one has, those that the stub knows with its values. */
export function renderMetrics(source: MetricsSource): string {
  const { engine, core, http, startedAtSeconds } = source
  const gauges = readGauges(source)
  const model = engine.servedModels[0] ?? engine.modelId
  const lines = LINES.flatMap((line) => {
    const type = /^# TYPE (http_\w+) /.exec(line)?.[1]
    if (type !== undefined) return [line, ...http.render(type)]
    const sample = line.startsWith('#') ? undefined : parseSample(line)
    if (sample === undefined) return [line]
    if (sample.name === 'vllm:cache_config_info') return [renderCacheConfig({ line, engine })]
    const key = toKey(sample)
    const isCreated = sample.name.endsWith('_created')
    const live =
      gauges.get(key) ??
      (isCreated ? startedAtSeconds : readHistogram({ core, sample })) ??
      (sample.name.startsWith('vllm:') ? core.counters.get(key) : undefined)
    const blank = line.lastIndexOf(' ')
    const head = line.slice(0, blank).replace(TEMPLATE_MODEL, () => model)
    const value = live === undefined ? line.slice(blank + 1) : formatPrometheusNumber(live)
    return [`${head} ${value}`]
  })
  const text = `${lines.join('\n')}\n`
  if (engine.metricNames === 'today') return text
  return text.replaceAll(RENAMED, (name) => OLD_NAMES[name] ?? name)
}
