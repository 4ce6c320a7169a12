import type { ReplyStatus } from './message'
import type { PaintTiming, ReplyTiming } from './reply-timing'
import type { EngineActivity, PrefixReason, ReplyFlag } from './reply-trace'

/** One reply in the debug view's table. */
export type TimingRow = {
  messageId: string
  threadId: string
  /** The question's first 120 characters. */
  question: string
  createdAtMs: number
  status: ReplyStatus
  model?: string
  timing?: ReplyTiming
  paint?: PaintTiming
  /** Absent: nothing was unusual, or nothing was recorded. */
  flags?: ReplyFlag[]
  prefixReason?: PrefixReason
  /** Another process than the row before: the engine was restarted in between. */
  activity?: Pick<EngineActivity, 'processStartedAtMs'>
}

/** Which replies a table, an export or a summary is about; a field that is absent selects nothing away. */
export type TimingFilter = {
  threadId?: string
  model?: string
  status?: ReplyStatus
  /** Only replies whose `ttftMs` is above this. */
  slowerThanMs?: number
  /** Only replies begun at or after this instant, in epoch ms. */
  sinceMs?: number
}

/**
 * What GET /api/timings answers. Asked again with `after=<cursor>`, it holds only what has changed
 * since: `rows` replace those with the same messageId, and `goneIds` are no longer among the rows
 * (deleted, or the filter no longer fits them). `isWhole` says that `rows` replace everything:
 * the first answer, and one to a cursor that the server no longer knows.
 */
export type TimingPage = {
  rows: TimingRow[]
  goneIds: string[]
  isWhole: boolean
  cursor: string
}
