import type { EnginePulse, ReplyTrace, UpstreamCall } from '@/lib/domain/reply-trace'
import type { TimingPage } from '@/lib/domain/timing-row'
import { fetchJson } from './fetch-json'

/** What the debug view asks of our server. Each rejects with an AppError. */
export type DebugApi = {
  loadTrace(options: { messageId: string; signal: AbortSignal }): Promise<ReplyTrace>
  /** All rows, newest first; with `after`, what has changed since that cursor. */
  loadTimings(options: {
    after: string | undefined
    limit: number
    signal: AbortSignal
  }): Promise<TimingPage>
  loadCalls(options: { limit: number; signal: AbortSignal }): Promise<UpstreamCall[]>
  loadPulse(options: { signal: AbortSignal }): Promise<EnginePulse>
}

export const debugApi: DebugApi = {
  async loadTrace({ messageId, signal }) {
    const answer = await fetchJson({
      path: `/api/traces/${encodeURIComponent(messageId)}`,
      isAnswer: isTraceAnswer,
      signal,
    })
    return answer.trace
  },
  loadTimings({ after, limit, signal }) {
    const query = new URLSearchParams({ limit: String(limit) })
    if (after !== undefined) query.set('after', after)
    return fetchJson({ path: `/api/timings?${query}`, isAnswer: isTimingPage, signal })
  },
  async loadCalls({ limit, signal }) {
    const answer = await fetchJson({
      path: `/api/ledger?limit=${limit}`,
      isAnswer: isLedger,
      signal,
    })
    return answer.calls
  },
  async loadPulse({ signal }) {
    const answer = await fetchJson({ path: '/api/engine', isAnswer: isPulseAnswer, signal })
    return answer.pulse
  },
}

// Our own server wrote it: enough to tell it from something else that answered.

function isTraceAnswer(value: object): value is { trace: ReplyTrace } {
  return 'trace' in value && isRecord(value.trace) && 'flags' in value.trace
}

function isTimingPage(value: object): value is TimingPage {
  return 'rows' in value && Array.isArray(value.rows) && 'cursor' in value
}

function isLedger(value: object): value is { calls: UpstreamCall[] } {
  return 'calls' in value && Array.isArray(value.calls)
}

function isPulseAnswer(value: object): value is { pulse: EnginePulse } {
  return 'pulse' in value && isRecord(value.pulse)
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
