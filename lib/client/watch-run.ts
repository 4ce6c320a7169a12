import { type AppError, isAppError } from '@/lib/domain/error'
import type { Question, Reply } from '@/lib/domain/message'
import type { StreamChunk } from '@/lib/domain/stream-chunk'
import type { ApiClient } from './api-client'
import { applyChunk } from './apply-chunk'
import type { FrameBatcher } from './create-frame-batcher'
import { followRun } from './follow-run'
import type { StreamEvent } from './read-event-stream'
import { type LiveReply, replaceReply, selectReply, type ThreadState } from './thread-state'

export type ThreadContext = {
  get: () => ThreadState
  set: (change: (state: ThreadState) => Partial<ThreadState>) => void
  api: ApiClient
  sleep: (delayMs: number) => Promise<void>
  createBatcher: (flush: () => void) => FrameBatcher
  createId: () => string
  wallClockMs: () => number
  /** Monotonic, as presses are stamped. */
  nowMs: () => number
  /** When each run of this page was asked for, and what stood there already, until its first text is painted. */
  asked: Map<string, { pressedAtMs: number; begunLength: number }>
  /** Aborts the reader of the present run; the run itself goes on. */
  following: AbortController
  /** The last wish to see another answer: of several, it alone is carried out. */
  switching: object | undefined
  /** A question that was taken back, though it may have arrived: sent unchanged, it keeps its ids. */
  recalled: { question: Question; runId: string } | undefined
  /** The id of each changed answer or new thread that was asked for and not yet acknowledged. */
  pendingIds: Map<string, string>
}

export type WatchOptions = {
  runId: string
  startedAtMs: number | undefined
  position: number
  begunLength?: number
  signal: AbortSignal
  open: (signal: AbortSignal) => Promise<AsyncIterable<StreamEvent>>
  /** The server has taken the question. */
  onOpen: () => void
}

/**
 * Follows one run into the thread's state until its end.
 * @returns undefined at the end or an abort; the error where the first connection failed or the
 *   stream is lost, with the text so far kept.
 */
export async function watchRun(
  context: ThreadContext,
  { runId, startedAtMs, position, begunLength = 0, signal, open, onOpen }: WatchOptions,
): Promise<AppError | undefined> {
  const chunks: StreamChunk[] = []
  let isWaiting = position === begunLength
  const batcher = context.createBatcher(() => {
    const arrived = chunks.splice(0)
    context.set((state) => applyChunks({ state, runId, chunks: arrived }))
  })
  context.set(() => ({
    live: {
      runId,
      connection: 'sending',
      progress: { stage: 'sending' },
      startedAtMs,
      begunLength,
      isStopping: false,
      stopError: undefined,
    },
  }))
  try {
    const events = followRun({
      open: () => open(signal),
      join: (after) => context.api.joinRun({ runId, after, signal }),
      position,
      signal,
      sleep: context.sleep,
    })
    for await (const event of events) {
      if (event.type === 'chunk') {
        chunks.push(event.chunk)
        if (event.chunk.type === 'finish') break
        batcher.schedule()
        if (isWaiting && 'delta' in event.chunk) {
          // The first text waits for no frame.
          isWaiting = false
          batcher.flushNow()
        }
        continue
      }
      updateLive(context, runId, { connection: event.connection })
      if (event.connection === 'open') onOpen()
    }
    if (!signal.aborted) batcher.schedule()
    return undefined
  } catch (error) {
    if (signal.aborted) return undefined
    if (!isAppError(error)) throw error
    return error
  } finally {
    if (signal.aborted) batcher.cancel()
    else batcher.flushNow()
  }
}

export function updateLive(
  { set }: ThreadContext,
  runId: string,
  change: Partial<LiveReply>,
): void {
  set(({ live }) => (live?.runId === runId ? { live: { ...live, ...change } } : {}))
}

/** The stored end of a reply takes the place of what was streamed. */
export function endReply({ set }: ThreadContext, reply: Reply): void {
  set((state) => ({
    messages: replaceReply(state.messages, { ...selectPaint(state, reply.runId), ...reply }),
    siblings: moveSiblings({
      siblings: state.siblings,
      from: selectReply(state, reply.runId)?.id ?? reply.id,
      to: reply.id,
    }),
    ...(state.live?.runId === reply.runId
      ? { live: undefined, lastEnd: { runId: reply.runId, status: reply.status } }
      : {}),
  }))
}

function applyChunks({
  state,
  runId,
  chunks,
}: {
  state: ThreadState
  runId: string
  chunks: StreamChunk[]
}): Partial<ThreadState> {
  const before = selectReply(state, runId)
  if (before === undefined || state.live?.runId !== runId) return {}
  const reply = joinDeltas(chunks).reduce(applyChunk, before)
  const messages = reply === before ? state.messages : replaceReply(state.messages, reply)
  const siblings = moveSiblings({ siblings: state.siblings, from: before.id, to: reply.id })
  if (reply.status !== 'streaming') {
    return { messages, siblings, live: undefined, lastEnd: { runId, status: reply.status } }
  }
  const progress = chunks.findLast((chunk) => chunk.type === 'data-progress')?.data
  const live = progress === undefined ? state.live : { ...state.live, progress }
  return { messages, siblings, live }
}

/** The server has named the reply. */
function moveSiblings(options: {
  siblings: ThreadState['siblings']
  from: string
  to: string
}): ThreadState['siblings'] {
  const { [options.from]: ids, ...others } = options.siblings
  if (options.from === options.to || ids === undefined) return options.siblings
  return { ...others, [options.to]: ids.includes(options.to) ? ids : [...ids, options.to] }
}

/** Text is appended once a frame, whatever the number of pieces it came in. */
function joinDeltas(chunks: StreamChunk[]): StreamChunk[] {
  const joined: StreamChunk[] = []
  for (const chunk of chunks) {
    const last = joined.at(-1)
    if ('delta' in chunk && last !== undefined && 'delta' in last && last.type === chunk.type) {
      joined[joined.length - 1] = { ...last, delta: last.delta + chunk.delta }
    } else {
      joined.push(chunk)
    }
  }
  return joined
}

function selectPaint(state: ThreadState, runId: string): Pick<Reply, 'paint'> {
  const paint = selectReply(state, runId)?.paint
  return paint === undefined ? {} : { paint }
}
