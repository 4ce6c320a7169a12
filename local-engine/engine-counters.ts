/** What `/metrics` tells, under vLLM's names; counted where it happens. */
export type EngineCounters = {
  promptTokens: number
  cachedTokens: number
  /** Prompt tokens that were computed, piece by piece as it goes on. */
  computedTokens: number
  generationTokens: number
  steps: number
  finished: { stop: number; length: number; abort: number; error: number }
}

export function createEngineCounters(): EngineCounters {
  return {
    promptTokens: 0,
    cachedTokens: 0,
    computedTokens: 0,
    generationTokens: 0,
    steps: 0,
    finished: { stop: 0, length: 0, abort: 0, error: 0 },
  }
}

export type MetricsSources = {
  counters: EngineCounters
  modelId: string
  processStartedAtMs: number
  running: number
  waiting: number
  kvTokens: number
  maxModelLen: number
}

type Family = { name: string; kind: string; help: string; samples: [string, number][] }

/** Prometheus text. Tokens are cached one by one here, so a block is one token. */
export function formatMetrics(sources: MetricsSources): string {
  const model = `model_name="${sources.modelId.replaceAll(/["\\\n]/g, '_')}"`
  const labels = `engine="0",${model}`
  const families = [
    ...processFamilies(sources),
    ...plainFamilies({ sources, labels }),
    ...labelledFamilies({ sources, labels, model }),
  ]
  const texts = families.map(({ name, kind, help, samples }) => {
    const lines = samples.map(([sample, value]) => `${sample} ${value}\n`)
    return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('')}`
  })
  return texts.join('')
}

function processFamilies({ processStartedAtMs }: MetricsSources): Family[] {
  const start = 'process_start_time_seconds'
  const memory = 'process_resident_memory_bytes'
  return [
    {
      name: start,
      kind: 'gauge',
      help: 'Start time of the process since unix epoch in seconds.',
      samples: [[start, processStartedAtMs / 1000]],
    },
    {
      name: memory,
      kind: 'gauge',
      help: 'Resident memory size in bytes.',
      samples: [[memory, process.memoryUsage.rss()]],
    },
  ]
}

function plainFamilies(options: { sources: MetricsSources; labels: string }): Family[] {
  const { counters, running, waiting, kvTokens, maxModelLen } = options.sources
  const { promptTokens, cachedTokens, generationTokens } = counters
  const rows: [string, string, string, number][] = [
    ['num_requests_running', 'gauge', 'Number of requests in model execution.', running],
    ['num_requests_waiting', 'gauge', 'Number of requests waiting to be processed.', waiting],
    ['kv_cache_usage_perc', 'gauge', 'KV-cache usage, 1 is all of it.', kvTokens / maxModelLen],
    ['prompt_tokens_total', 'counter', 'Number of prefill tokens processed.', promptTokens],
    ['prompt_tokens_cached_total', 'counter', 'Number of cached prompt tokens.', cachedTokens],
    ['prefix_cache_queries_total', 'counter', 'Queried tokens.', promptTokens],
    ['prefix_cache_hits_total', 'counter', 'Cached tokens.', cachedTokens],
    ['generation_tokens_total', 'counter', 'Number of generation tokens.', generationTokens],
  ]
  return rows.map(([suffix, kind, help, value]) => {
    const name = `vllm:${suffix}`
    return { name, kind, help, samples: [[`${name}{${options.labels}}`, value]] }
  })
}

function labelledFamilies(options: {
  sources: MetricsSources
  labels: string
  model: string
}): Family[] {
  const { sources, labels, model } = options
  const { counters, maxModelLen } = sources
  const steps = 'vllm:iteration_tokens_total'
  const cache = `block_size="1",num_gpu_blocks="${maxModelLen}",kv_cache_size_tokens="${maxModelLen}",enable_prefix_caching="True",cache_dtype="auto",engine="0"`
  return [
    {
      name: steps,
      kind: 'histogram',
      help: 'Histogram of number of tokens per engine_step.',
      samples: [
        [`${steps}_bucket{${labels},le="+Inf"}`, counters.steps],
        [`${steps}_count{${labels}}`, counters.steps],
        [`${steps}_sum{${labels}}`, counters.computedTokens + counters.generationTokens],
      ],
    },
    {
      name: 'vllm:request_success_total',
      kind: 'counter',
      help: 'Count of ended requests.',
      samples: Object.entries(counters.finished).map(([reason, count]) => [
        `vllm:request_success_total{engine="0",finished_reason="${reason}",${model}}`,
        count,
      ]),
    },
    {
      name: 'vllm:cache_config_info',
      kind: 'gauge',
      help: 'Information of the LLMEngine CacheConfig',
      samples: [[`vllm:cache_config_info{${cache}}`, 1]],
    },
  ]
}
