import { randomUUID } from 'node:crypto'
import type { RunRegistry } from './chat/create-run-registry'
import type { RunObserver } from './chat/run-observer'
import type { ThreadKeeper } from './db/create-thread-keeper'
import type { ServiceLogger } from './service-logger'
import { createBackground } from './threads/create-background'
import { createThreadEvents, type ThreadEvents } from './threads/create-thread-events'
import { createThreadTeller } from './threads/create-thread-teller'
import { createThreads, type Threads } from './threads/create-threads'
import { createThreadMover, type ThreadMover } from './threads/move-threads'

export type ThreadServices = {
  services: {
    threads: Threads
    threadMover: ThreadMover
    threadEvents: Pick<ThreadEvents, 'subscribe'>
  }
  observer: RunObserver
  /** Resolves when nothing is under way any more; before the store is closed. */
  close(): Promise<void>
}

/** After an answer, when its reader has it. */
const INDEX_MS = 1000
const TIDY_MS = 60 * 60 * 1000

export function createThreadServices(options: {
  keeper: ThreadKeeper
  isTemporary: (threadId: string) => boolean
  stopRun: RunRegistry['stop']
  /** Threads in which nothing was written for so long are deleted; undefined: none. */
  retentionMs: number | undefined
  logger: ServiceLogger
}): ThreadServices {
  const { keeper, isTemporary, stopRun, retentionMs, logger } = options
  const background = createBackground({ logger })
  const threadEvents = createThreadEvents()
  const { loadSummary } = keeper
  const tidy = async () => {
    if (retentionMs !== undefined) await keeper.purgeExpired({ sinceMs: retentionMs })
    await keeper.compact()
    background.runAfter(TIDY_MS, 'old threads could not be deleted', tidy)
  }
  const teller = createThreadTeller({ events: threadEvents, loadSummary, isTemporary, background })
  // What was written before a crash, or by an older version.
  background.run('messages could not be indexed', keeper.indexWritten)
  background.run('old threads could not be deleted', tidy)
  return {
    services: {
      threads: createThreads({ keeper, teller, background, stopRun, isTemporary }),
      threadMover: createThreadMover({ keeper, teller, createId: randomUUID, now: Date.now }),
      threadEvents,
    },
    observer: {
      started: ({ reply }) => teller.written(reply),
      ended({ reply }) {
        teller.written(reply)
        background.runAfter(INDEX_MS, 'messages could not be indexed', keeper.indexWritten)
      },
    },
    async close() {
      threadEvents.close()
      await background.close()
    },
  }
}
