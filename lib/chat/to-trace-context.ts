const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The ids of a reply's trace: the run's id is the trace's, so that one finds the other. */
export type TraceContext = { traceId: string; spanId: string; traceparent: string }

/** W3C Trace Context, sampled; undefined for a run whose ids are no UUIDs. */
export function toTraceContext(reply: { id: string; runId: string }): TraceContext | undefined {
  if (!UUID.test(reply.runId) || !UUID.test(reply.id)) return undefined
  const traceId = toHex(reply.runId)
  const spanId = toHex(reply.id).slice(0, 16)
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` }
}

function toHex(uuid: string): string {
  return uuid.replaceAll('-', '').toLowerCase()
}
