import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Reply } from '@/lib/domain/message'
import { PHASES, type Phase } from '@/lib/domain/readiness'
import { INTER_TOKEN_BUCKETS, REQUEST_BUCKETS, TTFT_BUCKETS } from './buckets'

/** What this server tells Prometheus of itself. */
export type AppMetrics = {
  /** An ended reply; `arrivalsMs`: when its deltas came. */
  observe(ended: { reply: Reply; arrivalsMs: readonly number[] }): void
  observePaint(paint: { browserTtftMs: number }): void
  countCall(call: { kind: string }): void
  /** In Prometheus' text format 0.0.4. */
  render(): Promise<string>
}

const MAX_MODELS = 20
const MS_PER_SECOND = 1000

export function createAppMetrics(read: {
  version: string
  systemPromptSha256: string
  activeRuns: () => number
  phase: () => Phase
}): AppMetrics {
  const registry = new Registry()
  const toModel = boundLabel()
  const histograms = createHistograms(registry)
  const counters = createCounters(registry)
  createGauges(registry, read)
  return {
    observe({ reply, arrivalsMs }) {
      const { timing, status } = reply
      const labels = { model: toModel(reply.model ?? 'unknown') }
      counters.replies.inc({ ...labels, status })
      if (timing === undefined) return
      const seconds = (name: keyof typeof histograms, ms: number | undefined) => {
        if (ms !== undefined) histograms[name].observe(labels, Math.max(0, ms) / MS_PER_SECOND)
      }
      seconds('ttft', timing.ttftMs)
      seconds('overhead', timing.overheadMs)
      seconds('queue', timing.queueMs)
      seconds('prefill', timing.prefillMs)
      if (status === 'complete') seconds('e2e', timing.e2elMs)
      for (let at = 1; at < arrivalsMs.length; at += 1) {
        seconds('interToken', (arrivalsMs[at] ?? 0) - (arrivalsMs[at - 1] ?? 0))
      }
      counters.promptTokens.inc(labels, timing.promptTokens ?? 0)
      counters.cachedTokens.inc(labels, timing.cachedTokens ?? 0)
      counters.completionTokens.inc(labels, timing.completionTokens ?? 0)
    },
    observePaint: ({ browserTtftMs }) => histograms.browser.observe(browserTtftMs / MS_PER_SECOND),
    countCall: ({ kind }) => counters.calls.inc({ kind }),
    render: () => registry.metrics(),
  }
}

function createHistograms(registry: Registry) {
  const histogram = (options: { name: string; help: string; buckets: readonly number[] }) =>
    new Histogram({
      ...options,
      buckets: [...options.buckets],
      labelNames: ['model'],
      registers: [registry],
    })
  return {
    ttft: histogram({
      name: 'first_token_time_to_first_token_seconds',
      help: 'From the accepted question to the first token of the engine.',
      buckets: TTFT_BUCKETS,
    }),
    browser: new Histogram({
      name: 'first_token_browser_time_to_first_token_seconds',
      help: 'From Enter to the first text painted, as the page measured it.',
      buckets: [...TTFT_BUCKETS],
      registers: [registry],
    }),
    interToken: histogram({
      name: 'first_token_inter_token_latency_seconds',
      help: 'Between two deltas of the engine.',
      buckets: INTER_TOKEN_BUCKETS,
    }),
    e2e: histogram({
      name: 'first_token_e2e_request_latency_seconds',
      help: 'From the accepted question to the end of a complete reply.',
      buckets: REQUEST_BUCKETS,
    }),
    queue: histogram({
      name: 'first_token_request_queue_time_seconds',
      help: "In the engine's queue, by its own figures.",
      buckets: TTFT_BUCKETS,
    }),
    prefill: histogram({
      name: 'first_token_request_prefill_time_seconds',
      help: "The engine's prefill, by its own figures.",
      buckets: TTFT_BUCKETS,
    }),
    overhead: histogram({
      name: 'first_token_overhead_seconds',
      help: "This server's share: from the accepted question to the request sent.",
      buckets: TTFT_BUCKETS,
    }),
  }
}

function createCounters(registry: Registry) {
  const counter = (options: { name: string; help: string; labelNames?: string[] }) =>
    new Counter({ labelNames: ['model'], ...options, registers: [registry] })
  return {
    replies: counter({
      name: 'first_token_replies_total',
      help: 'Replies by how they ended.',
      labelNames: ['model', 'status'],
    }),
    promptTokens: counter({
      name: 'first_token_prompt_tokens_total',
      help: 'Prompt tokens, as the engine counted them.',
    }),
    cachedTokens: counter({
      name: 'first_token_cached_prompt_tokens_total',
      help: 'Prompt tokens that came from the prefix cache, as the engine reported them.',
    }),
    completionTokens: counter({
      name: 'first_token_completion_tokens_total',
      help: 'Completion tokens, as the engine counted them.',
    }),
    calls: counter({
      name: 'first_token_upstream_calls_total',
      help: 'Calls to the engine by kind.',
      labelNames: ['kind'],
    }),
  }
}

function createGauges(registry: Registry, read: Parameters<typeof createAppMetrics>[0]): void {
  new Gauge({
    name: 'first_token_runs_active',
    help: 'Replies being written.',
    registers: [registry],
    collect() {
      this.set(read.activeRuns())
    },
  })
  new Gauge({
    name: 'first_token_engine_phase',
    help: "The engine's phase: 1 for the one it is in.",
    labelNames: ['phase'],
    registers: [registry],
    collect() {
      const present = read.phase()
      for (const phase of PHASES) this.set({ phase }, phase === present ? 1 : 0)
    },
  })
  new Gauge({
    name: 'first_token_build_info',
    help: 'The version, and the SHA-256 of the system prompt that every request begins with.',
    labelNames: ['version', 'system_prompt_sha256'],
    registers: [registry],
  }).set({ version: read.version, system_prompt_sha256: read.systemPromptSha256 }, 1)
}

/** Only so many values of a label, then `other`: a name that changes with each request fills no memory. */
function boundLabel(): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= MAX_MODELS) return 'other'
    known.add(value)
    return value
  }
}
