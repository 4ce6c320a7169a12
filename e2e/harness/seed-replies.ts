import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { createRandom, type Random } from './create-random.ts'

const TURNS_A_THREAD = 10
const SPACING_MS = 20_000
const REPLIES_A_PROCESS = 5_000

type Row = Record<string, string | number | null>
type Insert = (table: string, row: Row) => void

function createInsert(database: DatabaseSync): Insert {
  const statements = new Map<string, StatementSync>()
  return (table, row) => {
    const key = `${table} (${Object.keys(row).join(', ')})`
    const places = Object.keys(row).map(() => '?')
    const known = statements.get(key)
    const statement = known ?? database.prepare(`insert into ${key} values (${places.join(', ')})`)
    statements.set(key, statement)
    statement.run(...Object.values(row))
  }
}

function toTimingRow(options: { random: Random; turn: number; messageId: string }): Row {
  const { random, turn, messageId } = options
  const ttft_ms = 40 + 900 * random.next() ** 4
  const completion_tokens = random.between(20, 420)
  return {
    message_id: messageId,
    ...{ ttft_ms, overhead_ms: 2, queue_ms: 1, prefill_ms: ttft_ms * 0.8 },
    ...{ other_ms: ttft_ms * 0.2 - 3, decode_ms: completion_tokens * 12 },
    ...{ e2el_ms: ttft_ms + completion_tokens * 12, tokens_per_second: random.between(70, 90) },
    ...{ prompt_tokens: 180 + turn * 220, cached_tokens: random.chance(0.1) ? 0 : 160 },
    ...{ completion_tokens, ahead_requests: random.between(0, 3) },
  }
}

/** Fills the file of a server that has ended with answers of some threads; the newest is a moment old. */
export function seedReplies(options: { dataDir: string; replies: number; seed?: number }): void {
  const { dataDir, replies, seed = 1 } = options
  const random = createRandom(seed)
  const database = new DatabaseSync(join(dataDir, 'chat.sqlite'))
  const insert = createInsert(database)
  const beganMs = Date.now() - replies * SPACING_MS
  let threadId = ''
  let parentId: string | null = null
  database.exec('begin')
  for (let index = 0; index < replies; index += 1) {
    const created_at_ms = beganMs + index * SPACING_MS
    const turn = index % TURNS_A_THREAD
    if (turn === 0) {
      threadId = randomUUID()
      parentId = null
      const title = `Thread ${index / TURNS_A_THREAD}`
      insert('threads', { id: threadId, title, created_at_ms, updated_at_ms: created_at_ms })
    }
    const [questionId, messageId] = [randomUUID(), randomUUID()]
    const shared = { thread_id: threadId, reasoning: '', created_at_ms }
    insert('messages', {
      ...{ ...shared, id: questionId, parent_id: parentId, position: 2 * turn + 1, role: 'user' },
      ...{ text: `Question ${index}`, status: 'complete' },
    })
    insert('messages', {
      ...{ ...shared, id: messageId, parent_id: questionId, position: 2 * turn + 2 },
      ...{ role: 'assistant', text: `Answer ${index}`, run_id: randomUUID(), model: 'seeded' },
      status: random.chance(0.03) ? 'stopped' : 'complete',
    })
    insert('timings', toTimingRow({ random, turn, messageId }))
    const process = Math.floor(index / REPLIES_A_PROCESS) * REPLIES_A_PROCESS
    const processStartedAtMs = beganMs + process * SPACING_MS
    insert('records', {
      ...{ message_id: messageId, process_started_at_ms: processStartedAtMs },
      ...{ activity: JSON.stringify({ processStartedAtMs }), prefix_reason: 'as-predicted' },
      ...{ url: '', headers: '{}', request_model: 'seeded', system_prompt_sha256: '' },
      sampling: '{}',
    })
    parentId = messageId
  }
  database.exec('commit')
  database.close()
}
