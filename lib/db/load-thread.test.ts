import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Reply } from '@/lib/domain/message'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { isOnPostgres, openTestDatabase } from './__fixtures__/open-test-database'
import { createStore, type Store } from './create-store'

let store: Store

beforeEach(async () => {
  store = createStore({ db: await openTestDatabase() })
})
afterEach(() => store.close())

type Turn = { question: string; reply: string; parentId?: string; continues?: string }

const toRequest = ({ question, reply, parentId, continues }: Turn): ChatRequest => ({
  threadId: 'thread',
  parentId: parentId ?? null,
  runId: `run-${reply}`,
  message: { id: question, text: `text of ${question}` },
  ...(continues === undefined ? {} : { continues }),
})

async function begin(turn: Turn) {
  const saved = await store.saveQuestion({ request: toRequest(turn), replyId: turn.reply })
  if (saved.outcome !== 'started') throw new Error('joined')
  return saved
}

async function answer(turn: Turn, end: Partial<Reply> = {}): Promise<Reply> {
  const { reply } = await begin(turn)
  const ended: Reply = { ...reply, text: `${reply.text}${turn.reply}.`, status: 'complete', ...end }
  await store.finishReply(ended)
  return ended
}

const shown = async (messageId?: string) => {
  const branch =
    messageId === undefined
      ? await store.loadThread('thread')
      : await store.loadThreadThrough({ threadId: 'thread', messageId })
  return { ids: branch?.messages.map(({ id }) => id), siblings: branch?.siblings }
}

describe('several answers to one question', () => {
  beforeEach(async () => {
    await answer({ question: 'q1', reply: 'a' })
    await answer({ question: 'q2', reply: 'a1', parentId: 'a' })
    await answer({ question: 'q1', reply: 'b' })
    await answer({ question: 'q3', reply: 'b1', parentId: 'b' })
    await answer({ question: 'q3', reply: 'b2', parentId: 'b' })
  })

  it('shows the branch of the newest message, with the answers beside each shown one', async () => {
    expect(await shown()).toEqual({
      ids: ['q1', 'b', 'q3', 'b2'],
      siblings: { b: ['a', 'b'], b2: ['b1', 'b2'] },
    })
  })

  it.each([
    ['a', ['q1', 'a', 'q2', 'a1'], ['a']],
    ['b', ['q1', 'b', 'q3', 'b2'], ['b', 'b2']],
    ['b1', ['q1', 'b', 'q3', 'b1'], ['b', 'b1']],
    ['q2', ['q1', 'a', 'q2', 'a1'], ['a']],
  ])('shows the branch through %s down to its newest message', async (through, ids, switched) => {
    const branch = await shown(through)
    expect(branch.ids).toEqual(ids)
    expect(Object.keys(branch.siblings ?? {})).toEqual(switched)
  })

  it('shows the newest branch for a message that is not of this thread', async () => {
    const elsewhere = { ...toRequest({ question: 'x', reply: 'y' }), threadId: 'elsewhere' }
    await store.saveQuestion({ request: elsewhere, replyId: 'y' })
    expect((await shown('y')).ids).toEqual(['q1', 'b', 'q3', 'b2'])
    expect((await shown('nobody')).ids).toEqual(['q1', 'b', 'q3', 'b2'])
    const unknown = store.loadThreadThrough({ threadId: 'nowhere', messageId: 'a' })
    expect(await unknown).toBeUndefined()
  })

  it('sends the branch that was shown, whatever was written beside it', async () => {
    const { history } = await begin({ question: 'q4', reply: 'a2', parentId: 'a1' })
    expect(history.map(({ id }) => id)).toEqual(['q1', 'a', 'q2', 'a1', 'q4'])
    expect((await shown()).ids).toEqual(['q1', 'a', 'q2', 'a1', 'q4', 'a2'])
  })
})

describe('several questions with one parent', () => {
  it('stand beside each other, at the root too, each with its own branch', async () => {
    await answer({ question: 'q1', reply: 'a' })
    await answer({ question: 'q2', reply: 'a1', parentId: 'a' })
    await answer({ question: 'q3', reply: 'a2', parentId: 'a' })
    await answer({ question: 'r', reply: 'b' })
    expect(await shown()).toEqual({ ids: ['r', 'b'], siblings: { r: ['q1', 'r'] } })
    expect(await shown('q1')).toEqual({
      ids: ['q1', 'a', 'q3', 'a2'],
      siblings: { q1: ['q1', 'r'], q3: ['q2', 'q3'] },
    })
    const { history } = await begin({ question: 'q4', reply: 'a3', parentId: 'a1' })
    expect(history.map(({ id }) => id)).toEqual(['q1', 'a', 'q2', 'a1', 'q4'])
  })
})

describe('a page of a branch', () => {
  beforeEach(async () => {
    for (let turn = 1; turn <= 5; turn += 1) {
      const parent = turn === 1 ? {} : { parentId: `a${turn - 1}` }
      await answer({ question: `q${turn}`, reply: `a${turn}`, ...parent })
    }
    await answer({ question: 'q1', reply: 'b' })
    await answer({ question: 'q6', reply: 'a6', parentId: 'a5' })
  })

  const page = async (options: { throughId?: string; beforeId?: string; limit: number }) => {
    const loaded = await store.loadThreadPage({ threadId: 'thread', ...options })
    return { ...loaded, thread: undefined, messages: loaded?.messages.map(({ id }) => id) }
  }

  it('begins with the last messages, and goes on above them up to the first', async () => {
    expect(await page({ limit: 3 })).toMatchObject({
      messages: ['a5', 'q6', 'a6'],
      hasEarlier: true,
    })
    expect(await page({ limit: 7, beforeId: 'a5' })).toEqual({
      messages: ['q2', 'a2', 'q3', 'a3', 'q4', 'a4', 'q5'],
      hasEarlier: true,
      siblings: {},
    })
    expect(await page({ limit: 7, beforeId: 'q2' })).toEqual({
      messages: ['q1', 'a1'],
      hasEarlier: false,
      siblings: { a1: ['a1', 'b'] },
    })
    expect(await page({ limit: 7, beforeId: 'q1' })).toMatchObject({
      messages: [],
      hasEarlier: false,
    })
  })

  it('goes through the message that is asked for', async () => {
    expect(await page({ limit: 5, throughId: 'b' })).toEqual({
      messages: ['q1', 'b'],
      hasEarlier: false,
      siblings: { b: ['a1', 'b'] },
    })
  })

  it('is of no other thread', async () => {
    const elsewhere = store.loadThreadPage({ threadId: 'nowhere', limit: 5, beforeId: 'q2' })
    expect(await elsewhere).toBeUndefined()
  })
})

describe('a reply that goes on from another', () => {
  const cut = { status: 'interrupted', text: 'Half an', reasoning: 'hm' } as const
  const continued: Turn = { question: 'q1', reply: 'b', continues: 'a' }

  it('stands beside it, begins with its text, and its history ends in it', async () => {
    await answer({ question: 'q1', reply: 'a' }, { ...cut, partLengths: [0, 3, 2, 4] })
    const { reply, history } = await begin(continued)
    expect(reply).toMatchObject({
      parentId: 'q1',
      continuesId: 'a',
      text: 'Half an',
      reasoning: 'hm',
      partLengths: [0, 3, 2, 4],
      status: 'streaming',
    })
    expect(history.map(({ id, text }) => [id, text])).toEqual([
      ['q1', 'text of q1'],
      ['a', 'Half an'],
    ])
    expect((await shown()).siblings).toEqual({ b: ['a', 'b'] })
  })

  it('keeps all that it began with through a crash before its first checkpoint', async () => {
    await answer({ question: 'q1', reply: 'a' }, cut)
    await begin(continued)
    await store.sweepInterrupted()
    expect(await store.loadReply('run-b')).toMatchObject({
      text: 'Half an',
      reasoning: 'hm',
      status: 'interrupted',
    })
  })

  it('leaves the first one as it was, and comes back whole', async () => {
    const first = await answer({ question: 'q1', reply: 'a' }, cut)
    const ended = await answer(continued, { text: 'Half an answer.', partLengths: [2, 7, 1, 8] })
    expect(await store.loadReply('run-a')).toEqual(first)
    expect(await store.loadReply('run-b')).toEqual(ended)
    const next = await begin({ question: 'q2', reply: 'c', parentId: 'b' })
    expect(next.history.map(({ text }) => text)).toEqual([
      'text of q1',
      'Half an answer.',
      'text of q2',
    ])
  })

  it('is the same run only with the same reply to go on from', async () => {
    await answer({ question: 'q1', reply: 'a' }, cut)
    await begin(continued)
    expect(await store.findRun(toRequest(continued))).toMatchObject({ id: 'b' })
    const { continues: _, ...anew } = continued
    await expect(store.findRun(toRequest(anew))).rejects.toMatchObject({ code: 'message_conflict' })
  })

  it.each<[string, Partial<Reply>]>([
    ['is complete', { status: 'complete', finishReason: 'stop' }],
    ['has no text', { status: 'failed', text: '' }],
  ])('is refused where the first one %s, and nothing is kept of it', async (_, end) => {
    await answer({ question: 'q1', reply: 'a' }, end)
    await expect(begin(continued)).rejects.toMatchObject({ code: 'reply_not_continuable' })
    expect(await store.loadReply('run-b')).toBeUndefined()
  })

  it.each([
    ['of nobody', { ...continued, continues: 'nobody' }],
    ['to another question', { question: 'q2', parentId: 'a', reply: 'b', continues: 'a' }],
    ['that is a question', { ...continued, continues: 'q1' }],
  ])('is refused for a reply %s', async (_, turn) => {
    await answer({ question: 'q1', reply: 'a' }, cut)
    await expect(begin(turn)).rejects.toMatchObject({ code: 'message_not_found' })
  })

  it('is refused while the first one is being written', async () => {
    await begin({ question: 'q1', reply: 'a' })
    await expect(begin(continued)).rejects.toMatchObject({ code: 'run_active' })
  })
})

it('starts exactly one of two questions that come to a thread at the same time', async () => {
  await answer({ question: 'q1', reply: 'a' })
  const both = await Promise.allSettled([
    begin({ question: 'q2', reply: 'b', parentId: 'a' }),
    begin({ question: 'q3', reply: 'c', parentId: 'a' }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = both.find(({ status }) => status === 'rejected')
  expect(refused).toMatchObject({ reason: { code: 'run_active' } })
})

it('has the database itself refuse a second active run of a thread', async () => {
  const db = await openTestDatabase()
  const first = createStore({ db })
  await first.saveQuestion({ request: toRequest({ question: 'q', reply: 'a' }), replyId: 'a' })
  const row = await db.selectFrom('messages').selectAll().where('id', '=', 'a').executeTakeFirst()
  const second = { ...row, id: 'b', run_id: 'run-b', position: 9 }
  await expect(
    db
      .insertInto('messages')
      .values(second as never)
      .execute(),
  ).rejects.toMatchObject({ code: isOnPostgres ? '23505' : 'SQLITE_CONSTRAINT_UNIQUE' })
  await first.close()
})
