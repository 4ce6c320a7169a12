import type { ChatMessage, Reply } from '@/lib/domain/message'
import type { ReplyRecord, StoredTrace } from '@/lib/domain/reply-record'
import type { PrefixVerdict, UpstreamCall } from '@/lib/domain/reply-trace'
import { restoreTrim } from '@/lib/domain/select-sent'
import type { TimingFilter, TimingPage, TimingRow } from '@/lib/domain/timing-row'
import type { ChangeLog } from './change-log'
import { guardStore } from './guard-store'
import { listTimingPage, listTimingRowsOf, type TimingPlace } from './list-timing-page'
import { loadBranch } from './load-branch'
import { listGaps, loadRecord, savePrefix, saveRecord } from './reply-records'
import type { Database } from './schema'
import { appendCalls, listCalls, pruneCalls } from './upstream-calls'

/** What the debug view reads and writes. Each call rejects with an AppError, as those of the Store. */
export type TraceStore = {
  /** Once at boot: so that a request can be shown as it was sent after the prompt has changed. */
  saveSystemPrompt(prompt: { sha256: string; text: string }): Promise<void>
  saveRecord(record: ReplyRecord): Promise<void>
  savePrefix(options: { messageId: string; prefix: PrefixVerdict }): Promise<void>
  /** Of a reply; undefined for anything else. */
  loadTrace(messageId: string): Promise<StoredTrace | undefined>
  /** The messages from the root of the thread to this one; empty when it does not exist. */
  loadBranch(messageId: string): Promise<ChatMessage[]>
  /** The thread's request before this reply's, on whatever branch; undefined for the first. */
  loadRequestBefore(reply: Pick<Reply, 'id'>): Promise<StoredTrace | undefined>
  /** Of the processes that replies were written by, the newest first; and when the last reply began. */
  loadLastSeen(): Promise<{ processStartsMs: number[]; lastReplyAtMs?: number }>
  listTimingPage(options: {
    filter: TimingFilter
    limit: number
    after?: TimingPlace | undefined
  }): Promise<{ rows: TimingRow[]; next?: TimingPlace }>
  /** What has changed since the cursor; undefined when that is not known any more. */
  listTimingChanges(options: {
    filter: TimingFilter
    cursor: string
  }): Promise<TimingPage | undefined>
  /** Where to go on from, later, with what is listed from now on. */
  timingCursor(): Promise<string>
  /** Gaps between deltas, by message; none of a reply whose arrivals were thinned out. */
  listGaps(messageIds: readonly string[]): Promise<Map<string, number[]>>
  appendCalls(calls: readonly UpstreamCall[]): Promise<void>
  /** Keeps the newest 50,000. */
  pruneCalls(): Promise<number>
  listCalls(options: { limit: number; messageId?: string | undefined }): Promise<UpstreamCall[]>
}

const MAX_CHANGES = 2000
const MAX_PROCESSES = 64

export function createTraceStore({
  db,
  changes,
}: {
  db: Database
  changes: ChangeLog
}): TraceStore {
  return guardStore({
    saveSystemPrompt: async ({ sha256, text }) => {
      await db
        .insertInto('system_prompts')
        .values({ sha256, text })
        .onConflict((conflict) => conflict.column('sha256').doNothing())
        .execute()
    },
    saveRecord: async (record) => {
      await saveRecord(db, record)
      changes.mark(record.messageId)
    },
    savePrefix: async (options) => {
      await savePrefix(db, options)
      changes.mark(options.messageId)
    },
    loadTrace: (messageId) => loadTrace(db, messageId),
    loadBranch: (messageId) => loadBranch({ db, messageId }),
    loadRequestBefore: ({ id }) => loadRequestBefore(db, id),
    loadLastSeen: () => loadLastSeen(db),
    listTimingPage: (options) => listTimingPage({ db, ...options }),
    listTimingChanges: async ({ filter, cursor }) => {
      const next = changes.cursor()
      const ids = changes.since(cursor)
      if (ids === undefined || ids.length > MAX_CHANGES) return undefined
      const rows = await listTimingRowsOf({ db, filter, ids })
      const shown = new Set(rows.map(({ messageId }) => messageId))
      const goneIds = ids.filter((id) => !shown.has(id))
      return { rows, goneIds, isWhole: false, cursor: next }
    },
    timingCursor: async () => changes.cursor(),
    listGaps: (messageIds) => listGaps(db, messageIds),
    appendCalls: (calls) => appendCalls(db, calls),
    pruneCalls: () => pruneCalls(db),
    listCalls: (options) => listCalls(db, options),
  } satisfies TraceStore)
}

async function loadTrace(db: Database, messageId: string): Promise<StoredTrace | undefined> {
  const branch = await loadBranch({ db, messageId })
  const reply = branch.at(-1)
  if (reply?.role !== 'assistant') return undefined
  const { trimmedToId } = reply
  const found = { reply, history: restoreTrim({ branch: branch.slice(0, -1), trimmedToId }) }
  const record = await loadRecord(db, messageId)
  if (record === undefined) return found
  const prompt = await db
    .selectFrom('system_prompts')
    .select('text')
    .where('sha256', '=', record.systemPromptSha256)
    .executeTakeFirst()
  return { ...found, record, ...(prompt === undefined ? {} : { systemPrompt: prompt.text }) }
}

async function loadRequestBefore(db: Database, replyId: string): Promise<StoredTrace | undefined> {
  const before = await db
    .selectFrom('messages as own')
    .innerJoin('messages as earlier', 'earlier.thread_id', 'own.thread_id')
    .select('earlier.id')
    .where('own.id', '=', replyId)
    .where('earlier.role', '=', 'assistant')
    .where('earlier.origin', 'is', null)
    .whereRef('earlier.position', '<', 'own.position')
    .orderBy('earlier.position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return before === undefined ? undefined : await loadTrace(db, before.id)
}

async function loadLastSeen(db: Database) {
  const processes = await db
    .selectFrom('records')
    .select('process_started_at_ms')
    .distinct()
    .where('process_started_at_ms', 'is not', null)
    .orderBy('process_started_at_ms', 'desc')
    .limit(MAX_PROCESSES)
    .execute()
  const { rows } = await listTimingPage({ db, filter: {}, limit: 1 })
  const last = rows[0]?.createdAtMs
  return {
    processStartsMs: processes.map((row) => Number(row.process_started_at_ms)),
    ...(last === undefined ? {} : { lastReplyAtMs: last }),
  }
}
