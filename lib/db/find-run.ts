import type { Transaction } from 'kysely'
import { AppError } from '@/lib/domain/error'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import type { Database, MessageTable, Tables } from './schema'

/**
 * The reply of a run that was asked for before, by this very request; undefined for a new run.
 * @throws {AppError} message_conflict when the run is known with another thread, question, text or
 *   reply to go on from
 */
export async function findRun({
  db,
  request,
}: {
  db: Database | Transaction<Tables>
  request: ChatRequest
}): Promise<MessageTable | undefined> {
  const run = await db
    .selectFrom('messages')
    .selectAll()
    .where('run_id', '=', request.runId)
    .executeTakeFirst()
  if (run === undefined) return undefined
  const { message, threadId, parentId } = request
  const question = await db
    .selectFrom('messages')
    .select(['text', 'parent_id'])
    .where('id', '=', run.parent_id)
    .executeTakeFirst()
  const isSame =
    run.thread_id === threadId &&
    run.parent_id === message.id &&
    run.continues_id === (request.continues ?? null) &&
    question?.text === message.text &&
    question.parent_id === parentId
  if (!isSame) throw new AppError('message_conflict')
  return run
}
