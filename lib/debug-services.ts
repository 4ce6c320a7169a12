import { createHash } from 'node:crypto'
import pkg from '@/package.json' with { type: 'json' }
import { createContextMeter } from './chat/create-context-meter'
import type { Ledger } from './chat/create-ledger'
import { createReplyTracer, type TracerOptions } from './chat/create-reply-tracer'
import { loadReplyTrace } from './chat/load-reply-trace'
import { combineObservers, type RunObserver } from './chat/run-observer'
import { toReplySpans } from './chat/to-reply-spans'
import { toTraceContext } from './chat/to-trace-context'
import type { Env } from './config/env'
import type { TraceStore } from './db/create-trace-store'
import type { Reply } from './domain/message'
import type { ReplyTrace } from './domain/reply-trace'
import type { Engine } from './engine/engine'
import { type AppMetrics, createAppMetrics } from './metrics/create-app-metrics'
import { createOtlpExporter } from './metrics/create-otlp-exporter'
import type { EngineSamples } from './readiness/create-engine-samples'
import type { ReadinessMonitorOptions } from './readiness/create-readiness-monitor'
import type { ReadinessMonitor } from './readiness/readiness-monitor'
import type { ServiceLogger } from './service-logger'

/** What the debug view and the machines that watch this server read. */
export type DebugServices = {
  traces: TraceStore
  samples: EngineSamples
  ledger: Ledger
  metrics: AppMetrics
  loadReplyTrace(messageId: string): Promise<ReplyTrace | undefined>
  measureContext: ReturnType<typeof createContextMeter>
  observer: Required<RunObserver>
  toTraceparent(reply: Reply): string | undefined
  /** Enters what the monitor asks of the engine. */
  noteCall: NonNullable<ReadinessMonitorOptions['onUpstreamCall']>
  /** Resolves when what has ended so far is recorded and judged. */
  settled(): Promise<void>
  /** Records and sends what is left. */
  close(): Promise<void>
}

export function createDebugServices(options: {
  env: Env
  logger: ServiceLogger
  traces: TraceStore
  samples: EngineSamples
  ledger: Ledger
  engine: TracerOptions['engine'] & Pick<Engine, 'tokenize'>
  /** Ends in /v1. */
  baseUrl: string
  systemPrompt: string
  monitor: Pick<ReadinessMonitor, 'current' | 'requireModel'>
  activeRuns: () => number
}): DebugServices {
  const { logger, traces, samples, ledger, systemPrompt, monitor } = options
  const systemPromptSha256 = createHash('sha256').update(systemPrompt).digest('hex')
  const url = `${options.baseUrl}/chat/completions`
  traces
    .saveSystemPrompt({ sha256: systemPromptSha256, text: systemPrompt })
    .catch((error) => logger.warn({ err: error }, 'the system prompt could not be stored'))
  const metrics = createAppMetrics({
    version: pkg.version,
    systemPromptSha256,
    activeRuns: options.activeRuns,
    phase: () => monitor.current().phase,
  })
  const countedLedger: Ledger = {
    ...ledger,
    enter(call) {
      metrics.countCall(call)
      ledger.enter(call)
    },
  }
  const tracer = createReplyTracer({
    ...options,
    ...{ store: traces, ledger: countedLedger, url, systemPromptSha256 },
    engineVersion: () => monitor.current().engineVersion,
  })
  const exporter = openExporter(options)
  return {
    ...{ traces, samples, ledger: countedLedger, metrics },
    loadReplyTrace: (messageId) =>
      loadReplyTrace({
        messageId,
        ...traces,
        present: { url, systemPrompt },
        appVersion: pkg.version,
      }),
    measureContext: createContextMeter({
      ...traces,
      ...options,
      ledger: countedLedger,
      requireModel: monitor.requireModel,
    }),
    observer: combineObservers({
      observers: [tracer, toMetricsObserver(metrics), exporter.observer],
      onError: (error) => logger.error({ err: error }, 'an observer of the runs failed'),
    }),
    toTraceparent: exporter.toTraceparent,
    noteCall({ kind, startedAtMs, durationMs, outcome }) {
      if (kind === 'warm-up' && outcome === 'ok') tracer.noteWarmUp()
      countedLedger.enter({
        kind,
        cause: kind === 'warm-up' ? 'start-of-engine' : 'system-prompt',
        startedAtMs,
        durationMs,
        outcome: outcome === 'ok' ? 'ok' : outcome === 'aborted' ? 'stopped' : 'failed',
      })
    },
    settled: tracer.settled,
    async close() {
      await tracer.close()
      await Promise.all([ledger.close(), exporter.close()])
    },
  }
}

function toMetricsObserver(metrics: AppMetrics): RunObserver {
  return {
    ended: ({ reply, marks }) => metrics.observe({ reply, arrivalsMs: marks.arrivalsMs }),
  }
}

/** Nothing is traced where no collector is named. */
function openExporter(options: { env: Env; logger: ServiceLogger; baseUrl: string }): {
  observer: RunObserver
  toTraceparent: (reply: Reply) => string | undefined
  close: () => Promise<void>
} {
  const { otlp } = options.env
  if (otlp === undefined) {
    return { observer: {}, toTraceparent: () => undefined, close: async () => undefined }
  }
  const exporter = createOtlpExporter({
    ...otlp,
    version: pkg.version,
    warn: (fields, message) => options.logger.warn(fields, message),
  })
  const { hostname, port, protocol } = new URL(options.baseUrl)
  const defaultPort = protocol === 'https:' ? 443 : 80
  const server = { address: hostname, port: port === '' ? defaultPort : Number(port) }
  return {
    observer: {
      ended: ({ reply, marks }) => exporter.export(toReplySpans({ reply, marks, server })),
    },
    toTraceparent: (reply) => toTraceContext(reply)?.traceparent,
    close: exporter.close,
  }
}
