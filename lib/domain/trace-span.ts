/** One span of a distributed trace; times are epoch ms with a fraction. */
export type TraceSpan = {
  /** 32 hex digits. */
  traceId: string
  /** 16 hex digits. */
  spanId: string
  parentSpanId?: string
  name: string
  kind: 'internal' | 'client'
  startMs: number
  endMs: number
  attributes: Record<string, string | number | boolean | readonly string[]>
  /** Set when it failed: the error's code. */
  errorCode?: string
}
