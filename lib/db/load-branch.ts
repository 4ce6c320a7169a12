import { sql, type Transaction } from 'kysely'
import type { ChatMessage } from '@/lib/domain/message'
import type { Database, Tables } from './schema'
import { type MessageRow, toMessage } from './to-message'

/** The largest number that Postgres takes for one. */
const MAX_DEPTH = 2 ** 31 - 1

/**
 * The messages from the root of the thread to this one, in order, or the last so many of them; empty
 * when it does not exist.
 */
export async function loadBranch({
  db,
  messageId,
  limit = MAX_DEPTH,
}: {
  db: Database | Transaction<Tables>
  messageId: string
  limit?: number
}): Promise<ChatMessage[]> {
  const rows: MessageRow[] = await db
    .withRecursive('branch', (qb) =>
      qb
        .selectFrom('messages')
        .select(['id', 'parent_id', sql<number>`1`.as('depth')])
        .where('id', '=', messageId)
        .unionAll(
          qb
            .selectFrom('messages')
            .innerJoin('branch', 'branch.parent_id', 'messages.id')
            .select([
              'messages.id',
              'messages.parent_id',
              sql<number>`branch.depth + 1`.as('depth'),
            ])
            .where('branch.depth', '<', limit),
        ),
    )
    .selectFrom('branch')
    .innerJoin('messages', 'messages.id', 'branch.id')
    .leftJoin('timings', 'timings.message_id', 'messages.id')
    .leftJoin('paints', 'paints.message_id', 'messages.id')
    .selectAll('messages')
    .select([
      'ttft_ms',
      'overhead_ms',
      'queue_ms',
      'prefill_ms',
      'decode_ms',
      'other_ms',
      'e2el_ms',
      'inter_token_p50_ms',
      'inter_token_p95_ms',
      'inter_token_max_ms',
      'tokens_per_second',
      'prompt_tokens',
      'cached_tokens',
      'completion_tokens',
      'ahead_requests',
      'browser_ttft_ms',
    ])
    .orderBy('messages.position')
    .execute()
    .then((found) => found as MessageRow[])
  return rows.map(toMessage)
}
