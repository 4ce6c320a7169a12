import type { ReplyStatus } from './message'
import type { PaintTiming, ReplyTiming } from './reply-timing'

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
}
