import type { AppError } from '@/lib/domain/error'
import type { Reply } from '@/lib/domain/message'
import type { ReplyProgress, StreamChunk } from '@/lib/domain/stream-chunk'
import type { Follower, FollowSource } from './create-follower'
import { createReplyBuffer } from './create-reply-buffer'
import type { RunMarks } from './run-observer'
import { toStartChunk } from './to-closing-chunks'
import type { StopCause } from './to-ended-reply'

export type RunEnd = { reply: Reply; unsaved?: AppError }

/** One answer being written, or remembered for a while after its end. Times are of the registry's `now()`. */
export type Run = FollowSource & {
  id: string
  /** As it was when the run began. */
  reply: Reply
  marks: RunMarks
  progress: ReplyProgress
  abort: AbortController
  cause: StopCause | undefined
  followers: Set<Follower>
  /** When the engine's stream was over and its socket let go. */
  closedMs: number | undefined
  /** Of what was written before this run, in the reply that it goes on from. */
  begunLength: number
  unwatchedSinceMs: number | undefined
  checkpointedLength: number
  end: (RunEnd & { atMs: number }) | undefined
  /** Resolves when the socket is closed and the end is stored, or could not be; never rejects. */
  done: Promise<RunEnd>
}

export function createRun({
  reply,
  marks,
}: {
  reply: Reply
  marks: Pick<RunMarks, 'model' | 'history' | 'sampling' | 'traceparent' | 'acceptedMs'>
}): Run {
  const buffer = createReplyBuffer(reply)
  return {
    id: reply.runId,
    reply,
    marks: {
      ...marks,
      sentMs: undefined,
      arrivalsMs: [],
      finish: undefined,
      queuedBehindRequests: undefined,
    },
    start: toStartChunk(reply),
    buffer,
    progress: { stage: 'sending' },
    closing: undefined,
    abort: new AbortController(),
    cause: undefined,
    followers: new Set(),
    closedMs: undefined,
    begunLength: buffer.length(),
    unwatchedSinceMs: marks.acceptedMs,
    checkpointedLength: buffer.length(),
    end: undefined,
    done: Promise.resolve({ reply }),
  }
}

export function wakeFollowers(run: Run): void {
  for (const follower of run.followers) follower.wake()
}

export function setProgress(run: Run, progress: ReplyProgress): void {
  const { stage, aheadRequests } = run.progress
  if (progress.stage === stage && progress.aheadRequests === aheadRequests) return
  run.progress = progress
  if (progress.aheadRequests !== undefined) {
    run.marks.queuedBehindRequests = progress.aheadRequests
  }
  wakeFollowers(run)
}

/** Closes the stream: readers get what is left of the text, then these chunks. */
export function closeRun(run: Run, closing: readonly StreamChunk[]): void {
  run.closing = closing
  wakeFollowers(run)
}

/** Ends a run from our side; the first cause counts. */
export function abortRun(run: Run, cause: StopCause): void {
  if (run.end !== undefined) return
  run.cause ??= cause
  run.abort.abort()
}
