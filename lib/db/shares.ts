import { AppError } from '@/lib/domain/error'
import type { ChatMessage } from '@/lib/domain/message'
import type { Share, SharedMessage, SharedThread } from '@/lib/domain/share'
import { loadThread } from './load-thread'
import type { Database } from './schema'

/**
 * Keeps the branch through a message, or the newest one, as it is now. A reply under way is not in it.
 * @throws {AppError} thread_not_found
 */
export async function saveShare(options: {
  db: Database
  threadId: string
  throughId?: string | undefined
  shareId: string
  nowMs: number
}): Promise<Share> {
  const { db, threadId, throughId, shareId, nowMs } = options
  const loaded = await loadThread({ db, threadId, throughId })
  if (loaded === undefined) throw new AppError('thread_not_found')
  const snapshot: SharedThread = {
    title: loaded.thread.title,
    sharedAtMs: nowMs,
    messages: loaded.messages.flatMap(toSharedMessage),
  }
  await db
    .insertInto('shares')
    .values({
      id: shareId,
      thread_id: threadId,
      created_at_ms: nowMs,
      snapshot: JSON.stringify(snapshot),
    })
    .execute()
  return toShare({ id: shareId, created_at_ms: nowMs })
}

/** The newest first. */
export async function listShares(db: Database, threadId: string): Promise<Share[]> {
  const rows = await db
    .selectFrom('shares')
    .select(['id', 'created_at_ms'])
    .where('thread_id', '=', threadId)
    .orderBy('created_at_ms', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toShare)
}

/** Undefined for one that was never there or was revoked, and while its thread is deleted. */
export async function loadShare(db: Database, shareId: string): Promise<SharedThread | undefined> {
  const row = await db
    .selectFrom('shares')
    .innerJoin('threads', 'threads.id', 'shares.thread_id')
    .select('snapshot')
    .where('shares.id', '=', shareId)
    .where('threads.deleted_at_ms', 'is', null)
    .executeTakeFirst()
  return row === undefined ? undefined : (JSON.parse(row.snapshot) as SharedThread)
}

/** @returns false for one that is not of this thread */
export async function deleteShare(
  db: Database,
  { threadId, shareId }: { threadId: string; shareId: string },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('shares')
    .where('id', '=', shareId)
    .where('thread_id', '=', threadId)
    .executeTakeFirst()
  return Number(numDeletedRows) > 0
}

function toShare(row: { id: string; created_at_ms: number }): Share {
  return { shareId: row.id, url: `/share/${row.id}`, createdAtMs: Number(row.created_at_ms) }
}

function toSharedMessage(message: ChatMessage): SharedMessage[] {
  const { id, role, text, createdAtMs } = message
  if (message.role === 'user') return [{ id, role, text, createdAtMs }]
  const { reasoning, model, status } = message
  if (status === 'streaming') return []
  return [
    {
      ...{ id, role, text, createdAtMs },
      ...(reasoning === '' ? {} : { reasoning }),
      ...(model === undefined ? {} : { model }),
    },
  ]
}
