import type { ReplyProgress, StreamChunk } from '@/lib/domain/stream-chunk'
import type { ReplyBuffer } from './create-reply-buffer'
import type { StreamItem } from './encode-stream-item'

/** What can be followed: a live run, or a reply that has ended. */
export type FollowSource = {
  start: StreamChunk & { type: 'start' }
  buffer: ReplyBuffer
  progress: ReplyProgress | undefined
  /** The chunks that close the stream; undefined while the reply is being written. */
  closing: readonly StreamChunk[] | undefined
}

/**
 * One reader. It holds a position and no queue: a slow reader costs nothing and slows nobody.
 * The iteration ends after the `finish` chunk, or early when the reader was closed.
 */
export type Follower = AsyncIterableIterator<StreamItem, undefined> & {
  /** The next item where it is there already. */
  takeReady(): StreamItem | undefined
  /** There is something new, or the end. */
  wake(): void
  /** Characters that came since it joined and that it has not taken yet. */
  lag(): number
  close(): void
  /** Resolves when it was closed or took its last chunk. */
  closed: Promise<void>
}

export function createFollower(options: {
  source: FollowSource
  after: number
  signal?: AbortSignal
  onClose?: (follower: Follower) => void
}): Follower {
  const { signal, onClose } = options
  let source: FollowSource | undefined = options.source
  let ring: (() => void) | undefined
  const { promise: closed, resolve: setClosed } = Promise.withResolvers<void>()
  const cursor = createCursor(options.source, options.after)

  const close = () => {
    if (source === undefined) return
    source = undefined
    signal?.removeEventListener('abort', close)
    onClose?.(follower)
    setClosed()
    wake()
  }
  const wake = () => {
    ring?.()
    ring = undefined
  }

  const follower: Follower = {
    wake,
    close,
    closed,
    takeReady: () => (source === undefined ? undefined : cursor.take(source)),
    lag: () => (source === undefined ? 0 : cursor.lag(source)),
    async next() {
      for (;;) {
        if (source === undefined) return { value: undefined, done: true }
        const item = cursor.take(source)
        if (item !== undefined) return { value: item, done: false }
        if (cursor.isAtEnd()) close()
        else {
          await new Promise<void>((resolve) => {
            ring = resolve
          })
        }
      }
    },
    async return() {
      close()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]: () => follower,
  }
  if (signal?.aborted) close()
  else signal?.addEventListener('abort', close, { once: true })
  return follower
}

/** Turns a position in the shared reply into the chunks that one reader gets, one at a time. */
function createCursor(joined: FollowSource, after: number) {
  const joinedAt = joined.buffer.length()
  let position = Math.min(after, joinedAt)
  let progress: ReplyProgress | undefined
  let open: { kind: 'text' | 'reasoning'; part: number } | undefined
  let isClosed = false
  const ready: StreamChunk[] = [joined.start]

  const switchTo = (next: typeof open) => {
    if (open !== undefined) ready.push({ type: `${open.kind}-end`, id: String(open.part) })
    if (next !== undefined) ready.push({ type: `${next.kind}-start`, id: String(next.part) })
    open = next
  }

  const fill = (source: FollowSource) => {
    if (source.progress !== undefined && source.progress !== progress) {
      progress = source.progress
      if (source.closing === undefined) {
        ready.push({ type: 'data-progress', data: progress, transient: true })
      }
    }
    const slice = source.buffer.read(position)
    if (slice !== undefined) {
      if (open?.part !== slice.part) switchTo({ kind: slice.kind, part: slice.part })
      ready.push({ type: `${slice.kind}-delta`, id: String(slice.part), delta: slice.text })
    } else if (source.closing !== undefined && !isClosed) {
      switchTo(undefined)
      ready.push(...source.closing)
      isClosed = true
    }
  }

  return {
    take(source: FollowSource): StreamItem | undefined {
      if (ready.length === 0) fill(source)
      const chunk = ready.shift()
      if (chunk === undefined) return undefined
      if (chunk.type === 'text-delta' || chunk.type === 'reasoning-delta') {
        position += chunk.delta.length
      }
      return { id: position, chunk }
    },
    isAtEnd: () => isClosed && ready.length === 0,
    lag: (source: FollowSource) => source.buffer.length() - Math.max(position, joinedAt),
  }
}
