import type { ErrorDetails, PublicError } from './error'
import type { FinishReason } from './message'
import type { ReplyTiming } from './reply-timing'
import type { Sampling } from './sampling'

export const BATCH_FORMATS = ['lines', 'csv', 'jsonl', 'openai'] as const

/** One question a line · a column of a table · an object a line · OpenAI's batch requests. */
export type BatchFormat = (typeof BATCH_FORMATS)[number]

export const MAX_BATCH_ROWS = 100_000
export const MAX_BATCH_CONCURRENCY = 256

/** How an input is read. */
export type BatchReading = {
  format: BatchFormat
  /** The column or key that holds the question; absent: the first known one, else the first. */
  column?: string
  /** A question made of several columns: `Translate {text} into {language}`; wins over `column`. */
  template?: string
}

export type BatchMessage = { role: 'system' | 'user' | 'assistant'; content: string }

/** One question of a batch; `index` counts the rows that can be asked, from 0. */
export type BatchRow = {
  index: number
  /** Where it stands in the input, from 1. */
  line: number
  customId?: string
  /** The other columns of its row, passed through to the results. */
  fields?: Record<string, unknown>
  messages: BatchMessage[]
  /** Its messages are sent as they are, without the batch's system prompt. */
  isVerbatim?: true
  /** What it asks for itself; wins over the batch's. */
  sampling?: Sampling
  model?: string
}

/** Why a row cannot be asked; each has its sentence in `batch.bad.<reason>`, with these details. */
export type BadRowReason =
  | 'empty'
  | 'too-long'
  | 'not-utf8'
  | 'not-json'
  | 'not-an-object'
  | 'no-such-column'
  | 'not-text'
  | 'broken-quotes'
  | 'wrong-column-count'
  | 'bad-messages'
  | 'no-custom-id'
  | 'duplicate-custom-id'
  | 'wrong-method'
  | 'wrong-url'
  | 'no-body'
  | 'unsupported-field'
  | 'bad-value'

export type BadRow = { line: number; reason: BadRowReason; details?: ErrorDetails }

/** What is found on the way through an input, in its order. */
export type BatchEntry =
  | { kind: 'columns'; columns: string[] }
  | { kind: 'row'; row: BatchRow }
  | { kind: 'bad'; bad: BadRow }

/** What one look through the whole input has found. */
export type BatchScan = {
  rows: number
  badRows: number
  /** The first of them. */
  bad: BadRow[]
  /** Of a table: as its first row names them. */
  columns?: string[]
  /** The first questions as they would be asked. */
  samples: string[]
  /** Of the bytes read, in hex. */
  sha256: string
}

/** How a batch is run. */
export type BatchPlan = {
  /** Never more are in flight. */
  concurrency: number
  /** Begins low, adds one by one, halves when the engine is overloaded; `concurrency` is its top. */
  isAdaptive: boolean
  /** Least time between two starts. */
  spacingMs: number
  /** Of one row, counted only where nothing had come of its answer. */
  maxAttempts: number
  sampling: Sampling
  /** Absent: the same fixed one as in the chat, so that its prefix is shared. Empty: none. */
  systemPrompt?: string
  /** Asked in place of the engine's own, and of what rows name. */
  model?: string
}

export const DEFAULT_BATCH_PLAN: BatchPlan = {
  concurrency: 8,
  isAdaptive: false,
  spacingMs: 0,
  maxAttempts: 4,
  sampling: { maxTokens: 512 },
}

/** `interrupted`: cut after its first token; what had come is kept, and it is not asked again. */
export type BatchRowStatus = 'complete' | 'interrupted' | 'failed'

/** The one result of a row, as it is kept: all that an export needs, without the input. */
export type BatchResult = {
  index: number
  line: number
  customId?: string
  fields?: Record<string, unknown>
  /** The newest question of its messages. */
  prompt: string
  status: BatchRowStatus
  text: string
  reasoning?: string
  finishReason?: FinishReason
  error?: PublicError
  model?: string
  completionId?: string
  systemFingerprint?: string
  timing?: ReplyTiming
  /** Waits between the pieces of its answer. */
  gapsMs?: number[]
  /** Wall clock, of the try that gave the answer. */
  startedAtMs: number
  attempts: number
}

/** Why a run ended: every row has a result · it was stopped by hand · the engine cannot be used. */
export type BatchOutcome =
  | { kind: 'complete' }
  | { kind: 'cancelled' }
  | { kind: 'halted'; error: PublicError }

/** How far a run is, at this moment. */
export type BatchProgress = Record<BatchRowStatus, number> & {
  rows: number
  inFlight: number
  /** Of this start; pauses count. */
  elapsedMs: number
  /** Over the last 30 s; absent: nothing has ended yet. */
  rowsPerSecond?: number
  /** Of completion tokens of ended rows. */
  tokensPerSecond?: number
  /** At the present rate. */
  leftMs?: number
}

/** One look at a run; `atMs` counts from its start. */
export type BatchSample = { atMs: number; inFlight: number; done: number; tokensPerSecond: number }

/** The same rows at one concurrency. Durations in ms; what was not measured is absent. */
export type CompareLevel = {
  concurrency: number
  /** First start to last end. */
  wallMs: number
  completed: number
  failed: number
  /** Of a request: sent to ended. */
  meanE2elMs?: number
  /** Of a question: list handed over to its answer ended. */
  meanWaitMs?: number
  medianTtftMs?: number
  p99TtftMs?: number
  outputTokensPerSecond?: number
}

/** The first rows of a batch, one by one and then more and more at once. */
export type CompareReport = {
  rows: number
  levels: CompareLevel[]
  /** The smallest concurrency that gives at least 90 % of the best throughput. */
  knee?: number
  /** The last level against the first, as shares of it: −0.4 is 40 % less. */
  change?: { meanE2el?: number; meanWait?: number; wall?: number; outputTokens?: number }
}

/**
 * `draft`: uploaded, perhaps looked through · `queued`: another one runs · `comparing`: its first rows
 * are asked for the comparison · `halted`: the engine cannot be used.
 */
export type BatchState =
  | 'draft'
  | 'queued'
  | 'running'
  | 'paused'
  | 'comparing'
  | 'complete'
  | 'cancelled'
  | 'halted'

/** A batch of the server, as it is kept beside its input and results. */
export type BatchRecord = {
  id: string
  name: string
  createdAtMs: number
  inputBytes: number
  state: BatchState
  reading?: BatchReading
  /** Of that reading. */
  scan?: BatchScan
  plan?: BatchPlan
  /** Rows that failed or were cut are asked again. */
  isRetry?: boolean
  startedAtMs?: number
  endedAtMs?: number
  /** Of a batch that was halted. */
  error?: PublicError
  counts?: Record<BatchRowStatus, number>
  compare?: CompareReport
  /** Of its last start. */
  samples?: readonly BatchSample[]
}

/** Why nothing new is started although it runs. */
export type BatchHold = 'chat-waits' | 'engine-not-ready'

/** What GET /api/batch/[id] answers. */
export type BatchView = {
  batch: BatchRecord
  /** While it runs. */
  progress?: BatchProgress
  holds: BatchHold[]
}

/** A line of the list of batches. */
export type BatchOverview = Pick<
  BatchRecord,
  'id' | 'name' | 'createdAtMs' | 'state' | 'counts'
> & {
  rows?: number
}

/** What can be done with a batch, by POST /api/batch/[id]/actions. */
export type BatchAction =
  | { action: 'start'; plan: BatchPlan; isSkippingBad: boolean }
  /** The rows that failed or were cut, once more. */
  | { action: 'retry' }
  | { action: 'pause' }
  | { action: 'resume' }
  | { action: 'cancel' }
  /** The first rows one by one, then more and more at once. */
  | { action: 'compare'; plan: BatchPlan; rows: number }

/** One line of the live table. `text` is the beginning of the answer, or what has come of it. */
export type BatchRowView = {
  index: number
  line: number
  prompt: string
  state: 'waiting' | 'running' | BatchRowStatus
  text?: string
  error?: PublicError
  ttftMs?: number
  tokensPerSecond?: number
  completionTokens?: number
  attempts?: number
}
