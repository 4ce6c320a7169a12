import type { BatchJournal, BatchStore } from './batch-ports'

type Entry = { journal: Promise<BatchJournal>; users: number }

/** Journals by batch, each opened once however many read it, and closed when nobody does. */
export type SharedJournals = {
  acquire(id: string): Promise<{ journal: BatchJournal; release: () => void }>
  /** For the time of one task. */
  use<Value>(id: string, task: (journal: BatchJournal) => Promise<Value>): Promise<Value>
  /** Closes all of them, used or not. */
  close(): Promise<void>
}

const LINGER_MS = 10_000

/** Opening one reads all of it: it stays open for a while after its last use. */
export function shareJournals(options: {
  openJournal: BatchStore['openJournal']
  later?: (callback: () => void) => void
}): SharedJournals {
  const { openJournal, later = linger } = options
  const entries = new Map<string, Entry>()

  const release = (id: string, entry: Entry) => {
    entry.users -= 1
    if (entry.users > 0) return
    later(() => {
      if (entry.users > 0 || entries.get(id) !== entry) return
      entries.delete(id)
      void entry.journal.then((journal) => journal.close()).catch(() => undefined)
    })
  }
  const acquire: SharedJournals['acquire'] = async (id) => {
    const entry = entries.get(id) ?? { journal: openJournal(id), users: 0 }
    entries.set(id, entry)
    entry.users += 1
    let isReleased = false
    try {
      const journal = await entry.journal
      return {
        journal,
        release() {
          if (!isReleased) release(id, entry)
          isReleased = true
        },
      }
    } catch (error) {
      entries.delete(id)
      throw error
    }
  }
  return {
    acquire,
    async use(id, task) {
      const shared = await acquire(id)
      try {
        return await task(shared.journal)
      } finally {
        shared.release()
      }
    },
    async close() {
      const open = [...entries.values()]
      entries.clear()
      await Promise.allSettled(open.map(async ({ journal }) => (await journal).close()))
    },
  }
}

function linger(callback: () => void): void {
  setTimeout(callback, LINGER_MS).unref()
}
