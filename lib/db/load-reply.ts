import type { Reply } from '@/lib/domain/message'
import type { Database } from './schema'
import { toReply } from './to-message'

/** The reply that a run wrote, with its timing; undefined for an unknown run. */
export async function loadReply({
  db,
  runId,
}: {
  db: Database
  runId: string
}): Promise<Reply | undefined> {
  const row = await db
    .selectFrom('messages')
    .selectAll()
    .where('run_id', '=', runId)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const [timing, paint] = await Promise.all([
    db.selectFrom('timings').selectAll().where('message_id', '=', row.id).executeTakeFirst(),
    db.selectFrom('paints').selectAll().where('message_id', '=', row.id).executeTakeFirst(),
  ])
  return toReply({ ...row, ...timing, ...paint })
}
