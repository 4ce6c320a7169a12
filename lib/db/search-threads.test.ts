import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase } from './__fixtures__/open-test-database'
import { createChangeLog } from './change-log'
import { createStore, type Store } from './create-store'
import { createThreadKeeper, type ThreadKeeper } from './create-thread-keeper'
import type { Database } from './schema'

let db: Database
let store: Store
let keeper: ThreadKeeper
let asked = 0

beforeEach(async () => {
  asked = 0
  db = await openTestDatabase()
  store = createStore({ db, now: () => 1000 + asked })
  keeper = createThreadKeeper({ db, changes: createChangeLog(), now: () => 9000 })
})
afterEach(() => store.close())

async function say(options: { threadId?: string; question: string; answer?: string }) {
  const { threadId = 'thread', question, answer = 'Yes.' } = options
  asked += 1
  const parentId = (await store.loadThread(threadId))?.messages.at(-1)?.id ?? null
  const request = {
    threadId,
    parentId,
    runId: `r${asked}`,
    message: { id: `q${asked}`, text: question },
  }
  const { reply } = await store.saveQuestion({ request, replyId: `a${asked}` })
  await store.finishReply({ ...reply, text: answer, status: 'complete' })
}

const search = async (query: string, more: { limit?: number; before?: string } = {}) =>
  await keeper.searchThreads({ query, limit: 20, ...more })

const idsOf = async (query: string) =>
  (await search(query)).hits.map(({ messageId, threadId }) => messageId ?? `title of ${threadId}`)

describe('searchThreads', () => {
  it('finds questions, answers and titles, the last written first, with the hits marked', async () => {
    await say({ question: 'What is a prefix cache?', answer: 'It keeps prefixes.' })
    const { hits, next } = await search('prefix')
    expect(next).toBeUndefined()
    expect(hits).toEqual([
      {
        threadId: 'thread',
        threadTitle: 'What is a prefix cache?',
        messageId: 'a1',
        role: 'assistant',
        createdAtMs: 1001,
        snippet: [
          { text: 'It keeps ', isHit: false },
          { text: 'prefix', isHit: true },
          { text: 'es.', isHit: false },
        ],
      },
      expect.objectContaining({ messageId: 'q1', role: 'user' }),
      expect.not.objectContaining({ messageId: expect.anything() }),
    ])
  })

  it.each([
    ['令', ['a2', 'q2', 'a1']],
    ['牌', ['a2', 'q2', 'a1']],
    ['令牌', ['a2', 'q2', 'a1']],
    ['首个令牌', ['q2', 'a1']],
    ['首个 令牌', ['q2', 'a1']],
    ['牌令', []],
    ['トークン', ['a3']],
    ['クン', ['a3']],
    ['토큰', ['q3']],
    ['큰', ['q3']],
    ['vllm', ['q1']],
    ['v', ['q1']],
    ['qwen3 模', ['q1']],
    ['QWEN', ['q1']],
    ['wen', []],
    ["' OR 1=1 --", []],
    ['"*', []],
    [')(', []],
    ['', []],
  ])('finds %s', async (query, ids) => {
    await say({ question: 'Title\n用vLLM服务Qwen3模型', answer: '首个令牌很快。' })
    await say({ question: '为什么首个令牌慢？', answer: '令牌在排队。' })
    await say({ question: '토큰이 무엇?', answer: '最初のトークン' })
    expect((await idsOf(query)).filter((id) => !id.startsWith('title'))).toEqual(ids)
  })

  it('gives each hit once in pages', async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      await say({ threadId: `t${turn % 4}`, question: `Apples ${turn}`, answer: 'More apples.' })
    }
    const whole = await idsOf('apples')
    const all = (await search('apples', { limit: 100 })).hits
    const paged = []
    let before: string | undefined
    do {
      const page = await search('apples', { limit: 7, ...(before === undefined ? {} : { before }) })
      paged.push(...page.hits)
      before = page.next
    } while (before !== undefined)
    expect(paged).toEqual(all)
    expect(all).toHaveLength(64)
    expect(whole).toHaveLength(20)
    expect((await search('apples', { before: 'x' })).hits).toEqual([])
  })

  it('finds a new title and not the old one, and the text of an edited answer beside the first', async () => {
    await say({ question: 'Old name', answer: 'Something.' })
    await keeper.changeThread({ threadId: 'thread', change: { title: 'Fresh name' } })
    await keeper.editReply({ messageId: 'a1', id: 'e1', text: 'Something else.' })
    expect(await idsOf('fresh')).toEqual(['title of thread'])
    expect(await idsOf('old')).toEqual(['q1'])
    expect(await idsOf('something')).toEqual(['e1', 'a1'])
  })

  it('finds nothing of a deleted thread, all of it when it is had back, and nothing once it is purged', async () => {
    await say({ question: 'Secret plan', answer: 'Indeed secret.' })
    await keeper.markDeleted('thread')
    expect(await idsOf('secret')).toEqual([])
    await keeper.restoreThread('thread')
    expect(await idsOf('secret')).toHaveLength(3)
    await keeper.markDeleted('thread')
    await keeper.purgeDeleted({ sinceMs: 0 })
    expect(await idsOf('secret')).toEqual([])
    expect(await db.selectFrom('search_documents').selectAll().execute()).toEqual([])
  })

  it('finds what a crash cut, and what a fork copied', async () => {
    await say({ question: 'First', answer: 'Half a walnut' })
    await store.saveQuestion({
      request: { threadId: 'thread', parentId: 'a1', runId: 'r', message: { id: 'q', text: 'On' } },
      replyId: 'cut',
    })
    await store.checkpointReplies([{ id: 'cut', text: 'A hazelnut', reasoning: '' }])
    expect(await idsOf('hazelnut')).toEqual([])
    await store.sweepInterrupted()
    expect(await idsOf('hazelnut')).toEqual(['cut'])
    await keeper.forkThread({ threadId: 'thread', messageId: 'a1', id: 'fork' })
    expect((await search('walnut')).hits.map(({ threadId }) => threadId)).toEqual([
      'fork',
      'thread',
    ])
  })

  it('finds words at both ends of a message with more words than one row of the index holds', async () => {
    const words = Array.from({ length: 12_000 }, (_, n) => `w${n}`)
    await say({ question: `${words.join(' ')} 首个令牌`, answer: 'Yes.' })
    for (const query of ['w0', 'w11999', '首个令牌', 'w4999 w5000', 'w1 w2']) {
      expect(await idsOf(query), query).toContain('q1')
    }
    expect((await idsOf('w')).filter((id) => id === 'q1')).toHaveLength(1)
  })

  it('indexes what an older version had written', async () => {
    await say({ question: 'Ancient words', answer: 'Yes.' })
    await db.deleteFrom('search_documents').execute()
    await db.insertInto('search_queue').values({ thread_id: 'thread', message_id: 'q1' }).execute()
    await keeper.indexWritten()
    expect(await idsOf('ancient')).toContain('q1')
  })
})
