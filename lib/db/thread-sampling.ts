import type { Transaction } from 'kysely'
import { isSamplingEmpty, type Sampling } from '@/lib/domain/sampling'
import type { Database, Tables } from './schema'

type Connection = Database | Transaction<Tables>

/** What the thread's next run is sampled with; nothing where nothing is set. */
export async function loadSampling({
  db,
  threadId,
}: {
  db: Connection
  threadId: string
}): Promise<Sampling> {
  const row = await db
    .selectFrom('thread_sampling')
    .select('sampling')
    .where('thread_id', '=', threadId)
    .executeTakeFirst()
  return row === undefined ? {} : (JSON.parse(row.sampling) as Sampling)
}

/** @returns false for a thread that is not there. */
export async function saveSampling({
  db,
  threadId,
  sampling,
}: {
  db: Database
  threadId: string
  sampling: Sampling
}): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const thread = await tx
      .selectFrom('threads')
      .select('id')
      .where('id', '=', threadId)
      .executeTakeFirst()
    if (thread === undefined) return false
    await tx.deleteFrom('thread_sampling').where('thread_id', '=', threadId).execute()
    if (isSamplingEmpty(sampling)) return true
    await tx
      .insertInto('thread_sampling')
      .values({ thread_id: threadId, sampling: JSON.stringify(sampling) })
      .execute()
    return true
  })
}

/** The first question brings what was set before there was a thread; later ones change nothing here. */
export async function beginSampling({
  tx,
  threadId,
  sampling,
}: {
  tx: Transaction<Tables>
  threadId: string
  sampling: Sampling
}): Promise<void> {
  if (isSamplingEmpty(sampling)) return
  await tx
    .insertInto('thread_sampling')
    .values({ thread_id: threadId, sampling: JSON.stringify(sampling) })
    .onConflict((conflict) => conflict.column('thread_id').doNothing())
    .execute()
}
