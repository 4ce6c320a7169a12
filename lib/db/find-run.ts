import { sql, type Transaction } from 'kysely'
import { AppError } from '@/lib/domain/error'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import type { Database, MessageTable, Tables } from './schema'

/** What the store has of the ids of a request; `active`: a reply of its thread that is being written. */
export type KnownMessages = {
  run: MessageTable | undefined
  question: MessageTable | undefined
  active: MessageTable | undefined
}

/** In one query: it stands before the first token of every answer. */
export async function loadKnown({
  db,
  request,
}: {
  db: Database | Transaction<Tables>
  request: ChatRequest
}): Promise<KnownMessages> {
  const { runId, threadId, message } = request
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where((row) =>
      row.or([
        row('run_id', '=', runId),
        row('id', '=', message.id),
        // Written out, for the index of such replies is of no use to a parameter.
        row.and([row('thread_id', '=', threadId), row('status', '=', sql.lit('streaming'))]),
      ]),
    )
    .execute()
  return {
    run: rows.find(({ run_id }) => run_id === runId),
    question: rows.find(({ id }) => id === message.id),
    active: rows.find(({ thread_id, status }) => thread_id === threadId && status === 'streaming'),
  }
}

/**
 * The reply of a run that was asked for before, by this very request; undefined for a new run.
 * @throws {AppError} message_conflict when the run is known with another thread, question, text or
 *   reply to go on from
 */
export function pickRun(
  { run, question }: KnownMessages,
  { message, threadId, parentId, continues }: ChatRequest,
): MessageTable | undefined {
  if (run === undefined) return undefined
  const isSame =
    run.thread_id === threadId &&
    run.parent_id === message.id &&
    run.continues_id === (continues ?? null) &&
    question?.text === message.text &&
    question.parent_id === parentId
  if (!isSame) throw new AppError('message_conflict')
  return run
}
