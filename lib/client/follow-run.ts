import { AppError, ERROR_CODES, isAppError } from '@/lib/domain/error'
import type { StreamChunk } from '@/lib/domain/stream-chunk'
import type { StreamEvent } from './read-event-stream'

export type FollowEvent =
  | { type: 'chunk'; chunk: StreamChunk }
  | { type: 'connection'; connection: 'open' | 'rejoining' }

export type FollowOptions = {
  /** The first connection: the question's own POST, or a join. Its failure is thrown, not repaired. */
  open: () => Promise<AsyncIterable<StreamEvent>>
  join: (after: number) => Promise<AsyncIterable<StreamEvent>>
  /** Characters of the reply that are already here. */
  position: number
  signal: AbortSignal
  /** Resolves early when it is worth trying at once, such as when the network is back. */
  sleep: (delayMs: number) => Promise<void>
  maxAttempts?: number
}

const FIRST_DELAY_MS = 250
const MAX_DELAY_MS = 5_000

/**
 * Yields a run's chunks up to its `finish`, each character once, over as many connections as it
 * takes. Text that was already received is cut off; a gap is met with a join from the last character.
 * @throws {AppError} what `open` threw; run_not_found, also when the reply ended shorter than it is
 * here; or app_unreachable after `maxAttempts` joins in
 * a row that brought nothing. Returns quietly when the signal aborts.
 */
export async function* followRun(options: FollowOptions): AsyncGenerator<FollowEvent> {
  const { signal, maxAttempts = 30 } = options
  let position = options.position
  let attempts = 0
  let stream: AsyncIterable<StreamEvent> | undefined = await options.open()
  while (!signal.aborted) {
    if (stream === undefined) {
      attempts += 1
      if (attempts > maxAttempts) throw new AppError('app_unreachable')
      yield { type: 'connection', connection: 'rejoining' }
      await options.sleep(Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), MAX_DELAY_MS))
      if (!signal.aborted) stream = await tryJoin(options, position)
      continue
    }
    yield { type: 'connection', connection: 'open' }
    for await (const event of untilCut(stream)) {
      if (signal.aborted) return
      const chunk = cutKnownText(event, position)
      if (chunk === undefined) continue
      if (chunk === 'gap') break
      if ('delta' in chunk) {
        position += chunk.delta.length
        attempts = 0
      }
      // A crash has taken the last text that was sent: what is stored is the truth.
      if (chunk.type === 'finish' && event.id !== position) throw new AppError('run_not_found')
      yield { type: 'chunk', chunk }
      if (chunk.type === 'finish') return
    }
    stream = undefined
  }
}

async function tryJoin({ join }: FollowOptions, position: number) {
  try {
    return await join(position)
  } catch (error) {
    if (!isAppError(error) || !ERROR_CODES[error.code].retryable) throw error
    return undefined
  }
}

/** A broken connection is an end like any other here: what is missing is asked for again. */
async function* untilCut(stream: AsyncIterable<StreamEvent>): AsyncGenerator<StreamEvent> {
  try {
    yield* stream
  } catch (error) {
    if (!isAppError(error)) throw error
  }
}

function cutKnownText({ id, chunk }: StreamEvent, position: number) {
  if (!('delta' in chunk)) return chunk
  const known = position - (id - chunk.delta.length)
  if (known < 0) return 'gap'
  if (known >= chunk.delta.length) return undefined
  return known > 0 ? { ...chunk, delta: chunk.delta.slice(known) } : chunk
}
