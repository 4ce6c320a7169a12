import { AppError } from '@/lib/domain/error'
import type { Reply } from '@/lib/domain/message'
import { createFollower, type Follower, type FollowSource } from './create-follower'
import { createReplyBuffer } from './create-reply-buffer'
import type { StreamItem, StreamItems } from './encode-stream-item'
import type { RegistryState } from './registry-state'
import type { Run } from './run'
import { toClosingChunks, toStartChunk } from './to-closing-chunks'

type FollowOptions = { runId: string; after: number; signal: AbortSignal }

type FollowedRun = AsyncIterableIterator<StreamItem, undefined> & StreamItems

/** @throws {AppError} run_not_found, from the iteration */
export function followRun(state: RegistryState, options: FollowOptions): FollowedRun {
  let follower: Follower | undefined
  let opening: Promise<Follower> | undefined
  let isClosed = false
  const end = { value: undefined, done: true } as const
  const iterator: FollowedRun = {
    takeReady: () => (isClosed ? undefined : follower?.takeReady()),
    async next() {
      if (isClosed) return end
      opening ??= openFollower(state, options)
      follower ??= await opening
      return await follower.next()
    },
    async return() {
      isClosed = true
      await opening?.then((opened) => opened.close()).catch(() => undefined)
      return end
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

async function openFollower(
  state: RegistryState,
  { runId, after, signal }: FollowOptions,
): Promise<Follower> {
  await state.starting.get(runId)
  const run = state.runs.get(runId)
  if (run !== undefined) return joinRun(state, run, { after, signal })
  const stored = await state.options.store.loadReply(runId)
  if (stored === undefined || stored.status === 'streaming') throw new AppError('run_not_found')
  return createFollower({ source: toSource(stored), after, signal })
}

function joinRun(
  state: RegistryState,
  run: Run,
  { after, signal }: { after: number; signal: AbortSignal },
): Follower {
  const follower = createFollower({
    source: run,
    after,
    signal,
    onClose: (closed) => {
      run.followers.delete(closed)
      if (run.followers.size === 0) run.unwatchedSinceMs = state.options.now()
    },
  })
  if (signal.aborted) return follower
  run.followers.add(follower)
  run.unwatchedSinceMs = undefined
  return follower
}

function toSource(reply: Reply): FollowSource {
  return {
    start: toStartChunk(reply),
    buffer: createReplyBuffer(reply),
    progress: undefined,
    closing: toClosingChunks(reply),
  }
}
