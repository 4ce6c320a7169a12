import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reply } from '@/lib/domain/message'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { isOnPostgres, openTestDatabase } from './__fixtures__/open-test-database'
import { connect } from './connect'
import { createStore, type Store } from './create-store'
import { driverOf } from './open-sqlite'
import type { Database } from './schema'

let db: Database
let store: Store
let clockMs = 1_000
const now = () => clockMs++

beforeEach(async () => {
  db = await openTestDatabase()
  store = createStore({ db, now })
})
afterEach(() => store.close())

const ask = (n: number, more: Partial<ChatRequest> = {}): ChatRequest => ({
  threadId: 'thread',
  parentId: n === 1 ? null : `reply-${n - 1}`,
  runId: `run-${n}`,
  message: { id: `question-${n}`, text: `text ${n}` },
  ...more,
})

async function turn(n: number, end: Partial<Reply> = {}): Promise<Reply> {
  const saved = await store.saveQuestion({ request: ask(n), replyId: `reply-${n}` })
  const reply: Reply = { ...saved.reply, text: `answer ${n}`, status: 'complete', ...end }
  await store.finishReply(reply)
  return reply
}

describe('saveQuestion', () => {
  it('commits the question and an empty streaming reply, and returns the branch to send', async () => {
    await turn(1)
    const saved = await store.saveQuestion({ request: ask(2), replyId: 'reply-2', model: 'm' })
    expect(saved).toMatchObject({
      outcome: 'started',
      reply: { status: 'streaming', text: '', model: 'm' },
    })
    if (saved.outcome !== 'started') throw new Error('joined')
    expect(saved.history.map(({ role, text }) => [role, text])).toEqual([
      ['user', 'text 1'],
      ['assistant', 'answer 1'],
      ['user', 'text 2'],
    ])
  })

  it.skipIf(isOnPostgres)('prepares no statement a second time, whenever it is asked', async () => {
    await turn(1)
    await turn(2)
    const prepare = vi.spyOn(driverOf(db), 'prepare')
    await turn(3)
    await store.saveQuestion({
      request: ask(1, { threadId: 'other', runId: 'run-o', message: { id: 'o', text: 'o' } }),
      replyId: 'reply-o',
    })
    expect(prepare.mock.calls).toEqual([])
  })

  it('refuses a parent that is not a reply of the thread', async () => {
    await turn(1)
    const request = ask(2, { threadId: 'other', parentId: 'reply-1' })
    for (const parentId of ['reply-1', 'question-1', 'nowhere']) {
      await expect(
        store.saveQuestion({ request: { ...request, parentId }, replyId: 'x' }),
      ).rejects.toMatchObject({ code: 'message_not_found' })
    }
    expect(await store.loadThread('other')).toBeUndefined()
  })

  it('joins the run when the very same request comes again, also after its end', async () => {
    await store.saveQuestion({ request: ask(1), replyId: 'reply-1' })
    const again = await store.saveQuestion({ request: ask(1), replyId: 'other' })
    expect(again).toMatchObject({ outcome: 'joined', reply: { id: 'reply-1' } })
    expect((await store.loadThread('thread'))?.messages).toHaveLength(2)
  })

  it('gives a second answer beside the first for a new run of the same question', async () => {
    await turn(1, { status: 'failed', text: '' })
    const retry = await store.saveQuestion({
      request: ask(1, { runId: 'run-b' }),
      replyId: 'reply-b',
    })
    expect(retry).toMatchObject({ outcome: 'started', history: [{ text: 'text 1' }] })
    const shown = await store.loadThread('thread')
    expect(shown?.messages.map(({ id }) => id)).toEqual(['question-1', 'reply-b'])
  })

  it.each([
    ['another text', { message: { id: 'question-1', text: 'changed' }, runId: 'run-b' }],
    ['another thread', { threadId: 'elsewhere', runId: 'run-b' }],
    ['the same run with another text', { message: { id: 'question-1', text: 'changed' } }],
    ['the same run under another question', { message: { id: 'question-9', text: 'text 1' } }],
  ])('refuses a known id with %s', async (_, more) => {
    await turn(1)
    await expect(store.saveQuestion({ request: ask(1, more), replyId: 'x' })).rejects.toMatchObject(
      {
        code: 'message_conflict',
      },
    )
  })

  it('allows one active run a thread, and leaves nothing of a refused question behind', async () => {
    await store.saveQuestion({ request: ask(1), replyId: 'reply-1' })
    const second = ask(2, { message: { id: 'question-2', text: 'too early' } })
    await expect(store.saveQuestion({ request: second, replyId: 'x' })).rejects.toMatchObject({
      code: 'run_active',
    })
    expect((await store.loadThread('thread'))?.messages).toHaveLength(2)
  })

  it.each([['a reply of nobody'], ['question-1']])('refuses %s as a parent', async (parentId) => {
    await turn(1)
    await expect(
      store.saveQuestion({ request: ask(2, { parentId }), replyId: 'x' }),
    ).rejects.toMatchObject({
      code: 'message_not_found',
    })
  })

  it('takes the title from the first line that has text', async () => {
    await store.saveQuestion({
      request: ask(1, { message: { id: 'q', text: `\n  ${'语'.repeat(90)}\nmore` } }),
      replyId: 'r',
    })
    expect((await store.loadThread('thread'))?.thread.title).toBe('语'.repeat(80))
  })
})

describe('a reply', () => {
  it('keeps its text, timing, paint and end state through a reload of the store', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'store-'))
    const file = join(folder, 'deep', 'chat.sqlite')
    const first = createStore({ db: await connect(file), now })
    const { reply } = await first.saveQuestion({ request: ask(1), replyId: 'reply-1' })
    const ended: Reply = {
      ...reply,
      text: 'half an ans',
      reasoning: 'why',
      status: 'interrupted',
      error: { code: 'engine_died', requestId: 'run-1', details: { model: 'm' } },
      finishReason: 'length',
      model: 'm',
      timing: {
        ttftMs: 12.5,
        e2elMs: 80,
        interTokenMs: { p50: 1, p95: 2, max: 3 },
        cachedTokens: 0,
      },
    }
    await first.finishReply(ended)
    expect(await first.savePaint({ messageId: 'reply-1', paint: { browserTtftMs: 20 } })).toBe(true)
    await first.close()
    const second = createStore({ db: await connect(file), now })
    const kept = { ...ended, paint: { browserTtftMs: 20 } }
    expect((await second.loadThread('thread'))?.messages[1]).toEqual(kept)
    expect(await second.loadReply('run-1')).toEqual(kept)
    expect(await second.loadReply('run-2')).toBeUndefined()
    await second.close()
    rmSync(folder, { recursive: true })
  })

  it('replaces the texts of many replies, long and short', async () => {
    const texts = new Map<string, string>()
    for (let n = 0; n < 45; n += 1) {
      const request = ask(1, {
        threadId: `thread-${n}`,
        runId: `run-${n}`,
        message: { id: `question-${n}`, text: 'q' },
      })
      await store.saveQuestion({ request, replyId: `reply-${n}` })
      texts.set(`run-${n}`, String(n).repeat(n % 7 === 0 ? 60_000 : 3))
    }
    await store.checkpointReplies(
      [...texts].map(([runId, text]) => ({
        id: runId.replace('run', 'reply'),
        text,
        reasoning: '',
      })),
    )
    for (const [runId, text] of texts) expect((await store.loadReply(runId))?.text).toBe(text)
  })

  it('is checkpointed while it streams, and never again after its end', async () => {
    await store.saveQuestion({ request: ask(1), replyId: 'reply-1' })
    await store.checkpointReplies([{ id: 'reply-1', text: 'so far', reasoning: '' }])
    expect((await store.loadThread('thread'))?.messages[1]?.text).toBe('so far')
    await turn(2).catch(() => undefined)
    const end = {
      ...(await store.loadThread('thread'))?.messages[1],
      text: 'done',
      status: 'complete',
    } as Reply
    await store.finishReply({ ...end, timing: { e2elMs: 1 } })
    await store.checkpointReplies([{ id: 'reply-1', text: 'late', reasoning: '' }])
    await store.finishReply({ ...end, status: 'failed', timing: { e2elMs: 2 } })
    expect((await store.loadThread('thread'))?.messages[1]).toMatchObject({
      text: 'done',
      status: 'complete',
      timing: { e2elMs: 1 },
    })
  })

  it('that a crash left behind becomes interrupted with the text it had, and frees the thread', async () => {
    await store.saveQuestion({ request: ask(1), replyId: 'reply-1' })
    await store.checkpointReplies([{ id: 'reply-1', text: 'so far', reasoning: '' }])
    expect(await store.sweepInterrupted()).toBe(1)
    expect((await store.loadThread('thread'))?.messages[1]).toMatchObject({
      text: 'so far',
      status: 'interrupted',
    })
    await expect(
      store.saveQuestion({ request: ask(2), replyId: 'reply-2' }),
    ).resolves.toMatchObject({
      outcome: 'started',
    })
  })
})

describe('findRun', () => {
  it('knows a run only by the very request that began it', async () => {
    expect(await store.findRun(ask(1))).toBeUndefined()
    await store.saveQuestion({ request: ask(1), replyId: 'reply-1' })
    expect(await store.findRun(ask(1))).toMatchObject({ id: 'reply-1', status: 'streaming' })
    const changed = ask(1, { message: { id: 'question-1', text: 'changed' } })
    await expect(store.findRun(changed)).rejects.toMatchObject({ code: 'message_conflict' })
  })
})

it('keeps NUL, bidi controls and joined emoji as they came', async () => {
  const text = 'a\u0000b\u202E\u200D🧑‍💻\r\n'
  await store.saveQuestion({
    request: ask(1, { message: { id: 'q', text } }),
    replyId: 'r',
  })
  expect((await store.loadThread('thread'))?.messages[0]?.text).toBe(text)
})

describe('listTimingRows', () => {
  it('lists the newest replies first with their questions, also those without figures', async () => {
    await turn(1, { timing: { ttftMs: 5, e2elMs: 9 }, model: 'm' })
    await turn(2, { status: 'failed' })
    const rows = await store.listTimingRows({ limit: 10 })
    expect(rows).toMatchObject([
      { messageId: 'reply-2', question: 'text 2', status: 'failed' },
      { messageId: 'reply-1', question: 'text 1', model: 'm', timing: { ttftMs: 5, e2elMs: 9 } },
    ])
    expect(rows[0]).not.toHaveProperty('timing')
    expect(await store.listTimingRows({ limit: 1 })).toHaveLength(1)
  })
})

describe('settings', () => {
  it('keeps the last value of a key', async () => {
    await store.saveSetting({ key: 'k', value: '1' })
    await store.saveSetting({ key: 'k', value: '2' })
    expect(await store.loadSetting('k')).toBe('2')
    expect(await store.loadSetting('unknown')).toBeUndefined()
  })
})

it('says storage_failed, with the file, when the store cannot be opened', async () => {
  await expect(connect('/dev/null/chat.sqlite')).rejects.toMatchObject({
    code: 'storage_failed',
    details: { file: '/dev/null/chat.sqlite' },
  })
})

it('knows no paint of a reply that does not exist', async () => {
  expect(await store.savePaint({ messageId: 'nobody', paint: { browserTtftMs: 1 } })).toBe(false)
})
