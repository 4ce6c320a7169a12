import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Reply, ReplyStatus } from '@/lib/domain/message'
import type { ReplyRecord } from '@/lib/domain/reply-record'
import type { UpstreamCall } from '@/lib/domain/reply-trace'
import { isOnPostgres, openTestDatabase } from './__fixtures__/open-test-database'
import { createChangeLog } from './change-log'
import { createStore, type Store } from './create-store'
import { createTraceStore, type TraceStore } from './create-trace-store'
import { decodeOffsets, encodeOffsets } from './offsets'
import type { Database } from './schema'
import { pruneCalls } from './upstream-calls'

let db: Database
let store: Store
let traces: TraceStore
let clockMs: number

beforeEach(async () => {
  clockMs = 1000
  const changes = createChangeLog()
  db = await openTestDatabase()
  store = createStore({ db, now: () => clockMs++, changes })
  traces = createTraceStore({ db, changes })
})
afterEach(() => store.close())

type Turn = { parentId?: string | null; threadId?: string; end?: Partial<Reply> }

async function turn(n: number, { parentId = null, threadId = 'thread', end = {} }: Turn = {}) {
  const message = { id: `question-${n}`, text: `text ${n}` }
  const request = { threadId, parentId, runId: `run-${n}`, message }
  const { reply } = await store.saveQuestion({ request, replyId: `reply-${n}`, model: 'm' })
  const ended: Reply = { ...reply, text: `answer ${n}`, status: 'complete', ...end }
  await store.finishReply(ended)
  return ended
}

const record = (messageId: string, more: Partial<ReplyRecord> = {}): ReplyRecord => ({
  messageId,
  url: 'http://engine/v1/chat/completions',
  headers: { 'x-request-id': 'run' },
  requestModel: 'm',
  systemPromptSha256: 'sha',
  sampling: { temperature: 0.5 },
  arrivalOffsetsMs: [1.25, 30, 31.5],
  deltaCount: 4,
  flags: [],
  ...more,
})

describe('a record', () => {
  it('comes back as it was, with the branch and the system prompt it was sent with', async () => {
    await turn(1)
    const reply = await turn(2, { parentId: 'reply-1' })
    await traces.saveSystemPrompt({ sha256: 'sha', text: 'OLD PROMPT' })
    await traces.saveSystemPrompt({ sha256: 'sha', text: 'never replaced' })
    const whole = record('reply-2', {
      completionId: 'chatcmpl-1',
      systemFingerprint: 'vllm-0.32.0',
      engineVersion: '0.32.0',
      activity: { aheadRequests: 7, processStartedAtMs: 5 },
      flags: [{ code: 'preempted', details: { preemptions: 1 } }],
    })
    await traces.saveRecord(whole)
    const prefix = { reason: 'changed' as const, changedAtToken: 3 }
    await traces.savePrefix({ messageId: 'reply-2', prefix })
    const found = await traces.loadTrace('reply-2')
    expect(found).toEqual({
      reply,
      history: expect.any(Array),
      record: { ...whole, prefix },
      systemPrompt: 'OLD PROMPT',
    })
    expect(found?.history.map(({ id }) => id)).toEqual(['question-1', 'reply-1', 'question-2'])
  })

  it('may be missing, and is of replies only', async () => {
    const reply = await turn(1)
    expect(await traces.loadTrace('reply-1')).toEqual({ reply, history: [expect.anything()] })
    expect(await traces.loadTrace('question-1')).toBeUndefined()
    expect(await traces.loadTrace('nobody')).toBeUndefined()
    await expect(traces.saveRecord(record('nobody'))).resolves.toBeUndefined()
  })

  it('goes with its reply', async () => {
    await turn(1)
    await traces.saveRecord(record('reply-1'))
    await db.deleteFrom('threads').execute()
    expect(await db.selectFrom('records').selectAll().execute()).toEqual([])
    expect(await db.selectFrom('arrivals').selectAll().execute()).toEqual([])
  })

  it('gives the gaps between deltas, unless arrivals were thinned out', async () => {
    await turn(1)
    await turn(2, { parentId: 'reply-1' })
    await traces.saveRecord(record('reply-1'))
    await traces.saveRecord(record('reply-2', { deltaCount: 9000 }))
    const gaps = await traces.listGaps(['reply-1', 'reply-2', 'nobody'])
    expect([...gaps]).toEqual([['reply-1', [1.25, 28.75, 1.5]]])
  })

  it('tells which processes wrote replies before', async () => {
    expect(await traces.loadLastSeen()).toEqual({ processStartsMs: [] })
    for (const [n, processStartedAtMs] of [
      [1, 50],
      [2, 90],
      [3, 50],
    ] as const) {
      await turn(n, { parentId: n === 1 ? null : `reply-${n - 1}` })
      await traces.saveRecord(record(`reply-${n}`, { activity: { processStartedAtMs } }))
    }
    expect(await traces.loadLastSeen()).toEqual({
      processStartsMs: [90, 50],
      lastReplyAtMs: expect.any(Number),
    })
  })
})

describe('loadRequestBefore', () => {
  it('is the request that the thread sent last, on whatever branch', async () => {
    await turn(1)
    const second = await turn(2, { parentId: 'reply-1' })
    await turn(3, { parentId: 'reply-1' })
    await turn(4, { threadId: 'other' })
    const before = await traces.loadRequestBefore({ id: 'reply-3' })
    expect(before?.reply).toEqual(second)
    expect(before?.history.map(({ id }) => id)).toEqual(['question-1', 'reply-1', 'question-2'])
    expect(await traces.loadRequestBefore({ id: 'reply-1' })).toBeUndefined()
    expect(await traces.loadRequestBefore({ id: 'reply-4' })).toBeUndefined()
  })
})

describe('listTimingPage', () => {
  const list = async (filter: Parameters<TraceStore['listTimingPage']>[0]['filter']) =>
    (await traces.listTimingPage({ filter, limit: 100 })).rows.map(({ messageId }) => messageId)

  it('has flags, the prefix reason and the process on each row', async () => {
    await turn(1)
    await traces.saveRecord(
      record('reply-1', {
        activity: { processStartedAtMs: 5 },
        flags: [{ code: 'after-idle', details: { idleMs: 9 } }],
        prefix: { reason: 'evicted' },
      }),
    )
    expect((await traces.listTimingPage({ filter: {}, limit: 1 })).rows[0]).toMatchObject({
      flags: [{ code: 'after-idle', details: { idleMs: 9 } }],
      prefixReason: 'evicted',
      activity: { processStartedAtMs: 5 },
    })
  })

  it('filters by thread, model, status, time to first token and age', async () => {
    await turn(1, { end: { timing: { ttftMs: 100, e2elMs: 200 } } })
    await turn(2, { parentId: 'reply-1', end: { status: 'failed', model: 'n' } })
    const sinceMs = clockMs
    await turn(3, { threadId: 'other', end: { timing: { ttftMs: 900, e2elMs: 950 } } })
    expect(await list({})).toEqual(['reply-3', 'reply-2', 'reply-1'])
    expect(await list({ threadId: 'thread' })).toEqual(['reply-2', 'reply-1'])
    expect(await list({ model: 'm' })).toEqual(['reply-3', 'reply-1'])
    expect(await list({ status: 'failed' })).toEqual(['reply-2'])
    expect(await list({ slowerThanMs: 100 })).toEqual(['reply-3'])
    expect(await list({ sinceMs })).toEqual(['reply-3'])
    expect(await list({ threadId: 'thread', status: 'complete' })).toEqual(['reply-1'])
  })

  it('reads page after page with no gap and no repeat, also where times are equal', async () => {
    for (let n = 1; n <= 25; n += 1) {
      clockMs = 5000
      await turn(n, { threadId: `thread-${n % 7}`, parentId: n > 7 ? `reply-${n - 7}` : null })
    }
    const seen: string[] = []
    let after: Parameters<TraceStore['listTimingPage']>[0]['after']
    do {
      const page = await traces.listTimingPage({ filter: {}, limit: 4, after })
      seen.push(...page.rows.map(({ messageId }) => messageId))
      after = page.next
    } while (after !== undefined)
    expect(new Set(seen).size).toBe(25)
    expect(seen).toHaveLength(25)
    expect(seen).toEqual(await list({}))
  })

  it('walks along the index of replies', async () => {
    const plan = await db.transaction().execute(async (tx) => {
      const query = sql`select id from messages as reply where reply.role = 'assistant' and (reply.created_at_ms, reply.position, reply.id) < (9, 9, 'a') order by reply.created_at_ms desc, reply.position desc, reply.id desc limit 10`
      // So few rows are read faster without any index.
      if (isOnPostgres) await sql`set local enable_seqscan = off`.execute(tx)
      const explain = isOnPostgres ? sql`explain ${query}` : sql`explain query plan ${query}`
      return JSON.stringify((await explain.execute(tx)).rows)
    })
    expect(plan).toContain('messages_replies')
    expect(plan).not.toMatch(/TEMP B-TREE|Sort/)
  })
})

describe('listTimingChanges', () => {
  it('has only the rows that have changed since, whatever changed them', async () => {
    await turn(1)
    await turn(2, { parentId: 'reply-1' })
    const changesOf = async (act: () => Promise<unknown>) => {
      const cursor = await traces.timingCursor()
      await act()
      const changes = await traces.listTimingChanges({ filter: {}, cursor })
      return changes?.rows.map(({ messageId }) => messageId)
    }
    expect(await changesOf(async () => undefined)).toEqual([])
    expect(await changesOf(() => turn(3, { parentId: 'reply-2' }))).toEqual(['reply-3'])
    const paint = { browserTtftMs: 5 }
    expect(await changesOf(() => store.savePaint({ messageId: 'reply-2', paint }))).toEqual([
      'reply-2',
    ])
    expect(await changesOf(() => traces.saveRecord(record('reply-1')))).toEqual(['reply-1'])
    const prefix = { reason: 'evicted' as const }
    expect(await changesOf(() => traces.savePrefix({ messageId: 'reply-1', prefix }))).toEqual([
      'reply-1',
    ])
    expect(
      await changesOf(async () => {
        await turn(4, { parentId: 'reply-3' })
        await store.savePaint({ messageId: 'reply-1', paint })
      }),
    ).toEqual(['reply-4', 'reply-1'])
  })

  it('goes on from its own cursor, and says what is gone', async () => {
    await turn(1)
    const cursor = await traces.timingCursor()
    await turn(2, { parentId: 'reply-1', end: { status: 'failed' } })
    await db.deleteFrom('messages').where('id', '=', 'reply-2').execute()
    const filter: { status: ReplyStatus } = { status: 'complete' }
    const first = await traces.listTimingChanges({ filter, cursor })
    expect(first).toMatchObject({ rows: [], goneIds: ['reply-2'], isWhole: false })
    const next = await traces.listTimingChanges({ filter, cursor: first?.cursor ?? '' })
    expect(next).toMatchObject({ rows: [], goneIds: [] })
  })

  it.each(['', 'x', '1.5', 'another-epoch.0'])('knows nothing of the cursor %j', async (cursor) => {
    expect(await traces.listTimingChanges({ filter: {}, cursor })).toBeUndefined()
  })
})

describe('createChangeLog', () => {
  it('forgets the oldest beyond its limit, and says so', () => {
    const log = createChangeLog({ limit: 2, epoch: 'e' })
    const start = log.cursor()
    log.mark('a')
    const afterA = log.cursor()
    log.mark('b')
    log.mark('a')
    expect(log.since(start)).toEqual(['b', 'a'])
    log.mark('c')
    expect(log.since(start)).toBeUndefined()
    expect(log.since(afterA)).toBeUndefined()
    expect(log.since('e.2')).toEqual(['a', 'c'])
    expect(log.since(log.cursor())).toEqual([])
  })
})

describe('the ledger', () => {
  const call = (n: number, more: Partial<UpstreamCall> = {}): UpstreamCall => ({
    id: `call-${n}`,
    kind: 'generation',
    cause: 'turn',
    startedAtMs: n,
    durationMs: 1.5,
    outcome: 'ok',
    ...more,
  })

  it('lists the newest first, or those of one reply', async () => {
    const full = call(2, { messageId: 'reply', promptTokens: 5, completionTokens: 6, count: 30 })
    await traces.appendCalls([call(1), full, call(3)])
    await traces.appendCalls([])
    expect(await traces.listCalls({ limit: 2 })).toEqual([call(3), full])
    expect(await traces.listCalls({ limit: 9, messageId: 'reply' })).toEqual([full])
  })

  it('keeps the newest up to its limit', async () => {
    await traces.appendCalls(Array.from({ length: 30 }, (_, n) => call(n)))
    expect(await pruneCalls(db, 10)).toBe(20)
    expect((await traces.listCalls({ limit: 99 })).map(({ startedAtMs }) => startedAtMs)).toEqual([
      29, 28, 27, 26, 25, 24, 23, 22, 21, 20,
    ])
    expect(await pruneCalls(db, 10)).toBe(0)
  })
})

it('keeps offsets to a hundredth of a millisecond', () => {
  const offsets = [0, 0.004, 12.346, 12.346, 1_000_000.5]
  expect(decodeOffsets(encodeOffsets(offsets))).toEqual([0, 0, 12.35, 12.35, 1_000_000.5])
  expect(decodeOffsets(encodeOffsets([]))).toEqual([])
})
