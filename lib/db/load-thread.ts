import type { ChatMessage, Thread, ThreadBranch } from '@/lib/domain/message'
import { isSamplingEmpty } from '@/lib/domain/sampling'
import { loadBranch } from './load-branch'
import type { Database } from './schema'
import { loadSampling } from './thread-sampling'

/** Parents of so many messages are looked up one by one; of more, the thread is read. */
const MAX_NAMED = 500

/**
 * The branch that goes through a message and on to the newest one below it; without one, or with
 * one that is not of this thread, the branch that ends in the thread's newest message. With `limit`
 * the last so many messages of it, or of those above `beforeId`.
 * @returns undefined for an unknown thread
 */
export async function loadThread(options: {
  db: Database
  threadId: string
  throughId?: string | undefined
  beforeId?: string | undefined
  limit?: number | undefined
}): Promise<ThreadBranch | undefined> {
  const { db, threadId, limit } = options
  const row = await db
    .selectFrom('threads')
    .selectAll()
    .where('id', '=', threadId)
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const sampling = await loadSampling({ db, threadId })
  const thread: Thread = {
    id: row.id,
    title: row.title,
    createdAtMs: Number(row.created_at_ms),
    updatedAtMs: Number(row.updated_at_ms),
    ...(isSamplingEmpty(sampling) ? {} : { sampling }),
  }
  const lastId = await findLast(options)
  const found =
    lastId === undefined
      ? []
      : await loadBranch({ db, messageId: lastId, ...(limit && { limit: limit + 1 }) })
  const messages = limit === undefined ? found : found.slice(-limit)
  return {
    thread,
    messages,
    siblings: await loadSiblings({ db, threadId, messages }),
    ...(limit === undefined ? {} : { hasEarlier: found.length > limit }),
  }
}

/** The last message that is wanted; undefined where there is none. */
async function findLast(options: {
  db: Database
  threadId: string
  throughId?: string | undefined
  beforeId?: string | undefined
}): Promise<string | undefined> {
  const { db, threadId, throughId, beforeId } = options
  if (beforeId !== undefined) {
    const before = await db
      .selectFrom('messages')
      .select('parent_id')
      .where('id', '=', beforeId)
      .where('thread_id', '=', threadId)
      .executeTakeFirst()
    return before?.parent_id ?? undefined
  }
  const end = throughId === undefined ? undefined : await findEnd({ db, threadId, throughId })
  return end ?? (await findNewest({ db, threadId }))
}

/** The newest message below this one, or it itself. */
async function findEnd(options: {
  db: Database
  threadId: string
  throughId: string
}): Promise<string | undefined> {
  const { db, threadId, throughId } = options
  const end = await db
    .withRecursive('below', (qb) =>
      qb
        .selectFrom('messages')
        .select(['id', 'position'])
        .where('id', '=', throughId)
        .where('thread_id', '=', threadId)
        .unionAll(
          qb
            .selectFrom('messages')
            .innerJoin('below', 'below.id', 'messages.parent_id')
            .select(['messages.id', 'messages.position']),
        ),
    )
    .selectFrom('below')
    .select('id')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return end?.id
}

async function findNewest(options: {
  db: Database
  threadId: string
}): Promise<string | undefined> {
  const newest = await options.db
    .selectFrom('messages')
    .select('id')
    .where('thread_id', '=', options.threadId)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest?.id
}

async function loadSiblings(options: {
  db: Database
  threadId: string
  messages: readonly ChatMessage[]
}): Promise<Record<string, string[]>> {
  const { db, threadId, messages } = options
  const parentIds = messages.flatMap(({ parentId }) => parentId ?? [])
  const hasRoot = messages.some(({ parentId }) => parentId === null)
  let query = db
    .selectFrom('messages')
    .select(['id', 'parent_id'])
    .where('thread_id', '=', threadId)
    .orderBy('position')
  if (parentIds.length <= MAX_NAMED) {
    query = query.where((where) =>
      where.or([
        ...(parentIds.length === 0 ? [] : [where('parent_id', 'in', parentIds)]),
        ...(hasRoot ? [where('parent_id', 'is', null)] : []),
      ]),
    )
  }
  const rows = messages.length === 0 ? [] : await query.execute()
  const groups = Map.groupBy(rows, (row) => row.parent_id)
  return Object.fromEntries(
    messages.flatMap(({ id, parentId }) => {
      const ids = groups.get(parentId)?.map((row) => row.id) ?? []
      return ids.length > 1 ? [[id, ids]] : []
    }),
  )
}
