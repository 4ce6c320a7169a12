import type { Transaction } from 'kysely'
import type { MessageTable, Tables } from './schema'

type Given = Pick<MessageTable, 'id' | 'thread_id' | 'parent_id' | 'position' | 'role' | 'text'> &
  Partial<MessageTable>

/** A row with all that was not given left open; complete, unless it says otherwise. */
export function buildMessageRow(given: Given & { created_at_ms: number }): MessageTable {
  return {
    reasoning: '',
    status: 'complete',
    run_id: null,
    finish_reason: null,
    error_code: null,
    error_details: null,
    model: null,
    continues_id: null,
    part_lengths: null,
    is_trim_end: null,
    trimmed_to_id: null,
    edited_from_id: null,
    origin: null,
    ...given,
  }
}

/** To be asked for while the thread's row is held. */
export async function nextPosition(tx: Transaction<Tables>, threadId: string): Promise<number> {
  const { last } = await tx
    .selectFrom('messages')
    .select((select) => select.fn.max('position').as('last'))
    .where('thread_id', '=', threadId)
    .executeTakeFirstOrThrow()
  return Number(last ?? 0) + 1
}
