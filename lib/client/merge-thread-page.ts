import type { ThreadPage, ThreadSummary } from '@/lib/domain/thread-summary'

/** The order of the list: pinned ones first, then the last change first. */
function compareThreads(a: ThreadSummary, b: ThreadSummary): number {
  if (a.isPinned !== b.isPinned) return a.isPinned ? -1 : 1
  return b.updatedAtMs - a.updatedAtMs || (a.id < b.id ? 1 : -1)
}

export type LoadedThreads = { threads: ThreadSummary[]; next: string | undefined }

/** One thread put in, or in the place of what was known of it. */
export function putThread(
  threads: readonly ThreadSummary[],
  thread: ThreadSummary,
): ThreadSummary[] {
  return [...threads.filter(({ id }) => id !== thread.id), thread].sort(compareThreads)
}

/**
 * The first page, loaded anew, over what had been loaded further down: what is missing in its stretch
 * is gone, what comes after it stays.
 */
export function mergeFirstPage(loaded: LoadedThreads, page: ThreadPage): LoadedThreads {
  const last = page.threads.at(-1)
  if (page.next === undefined || last === undefined)
    return { threads: page.threads, next: undefined }
  const fresh = new Set(page.threads.map(({ id }) => id))
  const below = loaded.threads.filter(
    (thread) => !fresh.has(thread.id) && compareThreads(thread, last) > 0,
  )
  if (below.length === 0) return { threads: page.threads, next: page.next }
  return { threads: [...page.threads, ...below], next: loaded.next }
}

/** The page that follows; a thread that moved up meanwhile is not shown twice. */
export function appendPage(loaded: LoadedThreads, page: ThreadPage): LoadedThreads {
  const known = new Set(loaded.threads.map(({ id }) => id))
  const more = page.threads.filter(({ id }) => !known.has(id))
  return { threads: [...loaded.threads, ...more], next: page.next }
}
