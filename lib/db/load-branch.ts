import type { Transaction } from 'kysely'
import type { ChatMessage } from '@/lib/domain/message'
import type { Database, Tables } from './schema'
import { type MessageRow, toMessage } from './to-message'

/** The messages from the root of the thread to this one, in order; empty when it does not exist. */
export async function loadBranch({
  db,
  messageId,
}: {
  db: Database | Transaction<Tables>
  messageId: string
}): Promise<ChatMessage[]> {
  const rows: MessageRow[] = await db
    .withRecursive('branch', (qb) =>
      qb
        .selectFrom('messages')
        .select(['id', 'parent_id'])
        .where('id', '=', messageId)
        .unionAll(
          qb
            .selectFrom('messages')
            .innerJoin('branch', 'branch.parent_id', 'messages.id')
            .select(['messages.id', 'messages.parent_id']),
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
