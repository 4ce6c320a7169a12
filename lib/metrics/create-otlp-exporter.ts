import { fetch as undiciFetch } from 'undici'
import type { TraceSpan } from '@/lib/domain/trace-span'

export type SpanExporter = {
  /** Queues the spans; never throws, never waits. */
  export(spans: readonly TraceSpan[]): void
  /** Sends what is left, for at most 2 s. */
  close(): Promise<void>
}

type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ ok: boolean; status: number }>

const BATCH_SPANS = 256
const MAX_PENDING = 2048
const SEND_EVERY_MS = 2000
const TIMEOUT_MS = 5000
const CLOSE_MS = 2000

/**
 * OTLP over HTTP in its JSON encoding, to `<endpoint>/v1/traces`. A collector that is away costs the oldest
 * spans and one warning, nothing else.
 */
export function createOtlpExporter(options: {
  /** OTEL_EXPORTER_OTLP_ENDPOINT. */
  endpoint: string
  headers: Readonly<Record<string, string>>
  serviceName: string
  version: string
  warn: (fields: Record<string, unknown>, message: string) => void
  fetch?: Fetch
}): SpanExporter {
  const { endpoint, headers, serviceName, version, warn, fetch = undiciFetch } = options
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const resource = { 'service.name': serviceName, 'service.version': version }
  let pending: TraceSpan[] = []
  let timer: NodeJS.Timeout | undefined
  let sending = Promise.resolve()
  let isAway = false

  const post = async (spans: readonly TraceSpan[], timeoutMs: number) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(toRequest({ spans, resource, version })),
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok) throw new Error(`HTTP ${response.status}`)
      isAway = false
    } catch (error) {
      if (!isAway) warn({ err: error, spans: spans.length }, 'traces could not be exported')
      isAway = true
    }
  }
  const flush = (timeoutMs: number) => {
    clearTimeout(timer)
    timer = undefined
    sending = sending.then(async () => {
      while (pending.length > 0) await post(pending.splice(0, BATCH_SPANS), timeoutMs)
    })
    return sending
  }
  return {
    export(spans) {
      pending.push(...spans)
      if (pending.length > MAX_PENDING) pending = pending.slice(-MAX_PENDING)
      if (timer !== undefined) return
      timer = setTimeout(() => void flush(TIMEOUT_MS), SEND_EVERY_MS)
      timer.unref()
    },
    close: () => flush(CLOSE_MS),
  }
}

function toRequest(batch: {
  spans: readonly TraceSpan[]
  resource: Readonly<Record<string, string>>
  version: string
}): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: toAttributes(batch.resource) },
        scopeSpans: [
          {
            scope: { name: 'first-token', version: batch.version },
            spans: batch.spans.map(toSpan),
          },
        ],
      },
    ],
  }
}

const KINDS = { internal: 1, client: 3 } as const
const STATUS_OK = 1
const STATUS_ERROR = 2

function toSpan(span: TraceSpan): unknown {
  const { traceId, spanId, parentSpanId, name, kind, errorCode } = span
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: toNanoseconds(span.startMs),
    endTimeUnixNano: toNanoseconds(span.endMs),
    attributes: toAttributes(span.attributes),
    status:
      errorCode === undefined ? { code: STATUS_OK } : { code: STATUS_ERROR, message: errorCode },
  }
}

/** As text: they are larger than a number can hold. */
function toNanoseconds(ms: number): string {
  const whole = Math.floor(ms)
  return (BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1_000_000))).toString()
}

type Value = TraceSpan['attributes'][string]

function toAttributes(attributes: Readonly<Record<string, Value>>): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }))
}

/** Integers are texts in OTLP's JSON. */
function toValue(value: Value): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'number') {
    return { arrayValue: { values: value.map((text) => ({ stringValue: text })) } }
  }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
