import type { ReplyStatus } from '@/lib/domain/message'
import type { TimingRow } from '@/lib/domain/timing-row'
import type { Database } from './schema'
import { toTiming } from './to-message'

const QUESTION_CHARACTERS = 120

/** The newest replies first, each with its question's beginning. */
export async function listTimingRows({
  db,
  limit,
}: {
  db: Database
  limit: number
}): Promise<TimingRow[]> {
  const rows = await db
    .selectFrom('messages as reply')
    .innerJoin('messages as question', 'question.id', 'reply.parent_id')
    .leftJoin('timings', 'timings.message_id', 'reply.id')
    .leftJoin('paints', 'paints.message_id', 'reply.id')
    .where('reply.role', '=', 'assistant')
    .selectAll('timings')
    .select([
      'reply.id',
      'reply.thread_id',
      'reply.status',
      'reply.model',
      'reply.created_at_ms',
      'browser_ttft_ms',
    ])
    .select((select) =>
      select
        .fn<string>('substr', ['question.text', select.val(1), select.val(QUESTION_CHARACTERS)])
        .as('question'),
    )
    .orderBy('reply.created_at_ms', 'desc')
    .orderBy('reply.position', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => {
    const timing = toTiming(row as Parameters<typeof toTiming>[0])
    return {
      messageId: row.id,
      threadId: row.thread_id,
      question: row.question,
      createdAtMs: Number(row.created_at_ms),
      status: row.status as ReplyStatus,
      ...(row.model === null ? {} : { model: row.model }),
      ...(timing === undefined ? {} : { timing }),
      ...(row.browser_ttft_ms === null ? {} : { paint: { browserTtftMs: row.browser_ttft_ms } }),
    }
  })
}
