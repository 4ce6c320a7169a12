import type { Thread, ThreadBranch } from '@/lib/domain/message'
import { isSamplingEmpty } from '@/lib/domain/sampling'
import { loadBranch } from './load-branch'
import type { Database } from './schema'
import { loadSampling } from './thread-sampling'

/**
 * The branch that goes through a message and on to the newest one below it; without one, or with
 * one that is not of this thread, the branch that ends in the thread's newest message.
 * @returns undefined for an unknown thread
 */
export async function loadThread(options: {
  db: Database
  threadId: string
  throughId?: string | undefined
}): Promise<ThreadBranch | undefined> {
  const { db, threadId, throughId } = options
  const row = await db
    .selectFrom('threads')
    .selectAll()
    .where('id', '=', threadId)
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
  const through = throughId === undefined ? undefined : await findEnd({ db, threadId, throughId })
  const endId = through ?? (await findNewest({ db, threadId }))
  const messages = endId === undefined ? [] : await loadBranch({ db, messageId: endId })
  const shownIds = new Set(messages.map(({ id }) => id))
  return { thread, messages, siblings: await loadSiblings({ db, threadId, shownIds }) }
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
  shownIds: ReadonlySet<string>
}): Promise<Record<string, string[]>> {
  const replies = await options.db
    .selectFrom('messages')
    .select(['id', 'parent_id'])
    .where('thread_id', '=', options.threadId)
    .where('role', '=', 'assistant')
    .orderBy('position')
    .execute()
  const answers = Map.groupBy(replies, (reply) => reply.parent_id ?? '')
  return Object.fromEntries(
    [...answers]
      .filter(([questionId, ids]) => ids.length > 1 && options.shownIds.has(questionId))
      .map(([questionId, ids]) => [questionId, ids.map(({ id }) => id)]),
  )
}
