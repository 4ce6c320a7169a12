import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Reply } from '@/lib/domain/message'
import { openTestDatabase } from './__fixtures__/open-test-database'
import { createChangeLog } from './change-log'
import { createStore, type Store } from './create-store'
import { createThreadKeeper, type ThreadKeeper } from './create-thread-keeper'
import type { Database } from './schema'

let db: Database
let store: Store
let keeper: ThreadKeeper
const clock = { nowMs: 1000 }
const changes = createChangeLog()

beforeEach(async () => {
  clock.nowMs = 1000
  db = await openTestDatabase()
  store = createStore({ db, now: () => clock.nowMs })
  let copies = 0
  const createId = () => `copy-${++copies}`
  keeper = createThreadKeeper({ db, changes, now: () => clock.nowMs, createId })
})
afterEach(() => store.close())

async function ask(threadId: string, turn: { id?: string; parentId?: string | null } = {}) {
  const { id = threadId, parentId = null } = turn
  const request = {
    threadId,
    parentId,
    runId: `run-${id}`,
    message: { id: `q-${id}`, text: `Text of ${id}` },
  }
  return (await store.saveQuestion({ request, replyId: `a-${id}`, model: 'm' })).reply
}

async function answer(threadId: string, turn: { id?: string; parentId?: string | null } = {}) {
  const reply = await ask(threadId, turn)
  const ended: Reply = {
    ...reply,
    text: `Answer ${reply.id}`,
    status: 'complete',
    timing: { e2elMs: 7 },
  }
  await store.finishReply(ended)
  return ended
}

const idsOf = async (options: { limit?: number; before?: string; isArchived?: boolean } = {}) => {
  const page = await keeper.listThreads({ limit: 50, isArchived: false, ...options })
  return { ids: page.threads.map(({ id }) => id), next: page.next }
}

describe('the list of threads', () => {
  it('has the pinned ones first, then the newest, and says which one is being written', async () => {
    for (const id of ['one', 'two', 'three']) {
      clock.nowMs += 1000
      await answer(id)
    }
    await keeper.changeThread({ threadId: 'one', change: { isPinned: true } })
    clock.nowMs += 1000
    await ask('two', { id: 'more', parentId: 'a-two' })
    const { threads } = await keeper.listThreads({ limit: 50, isArchived: false })
    expect(threads.map(({ id, isPinned, isRunning }) => [id, isPinned, isRunning])).toEqual([
      ['one', true, false],
      ['two', false, true],
      ['three', false, false],
    ])
    expect(threads[0]).toEqual({
      id: 'one',
      title: 'Text of one',
      createdAtMs: 2000,
      updatedAtMs: 2000,
      isPinned: true,
      isArchived: false,
      isRunning: false,
    })
  })

  it('gives every thread exactly once in pages, also those of one moment', async () => {
    const all = Array.from({ length: 25 }, (_, n) => `t${String(n).padStart(2, '0')}`)
    for (const id of all) {
      if (Number(id.slice(1)) % 7 === 0) clock.nowMs += 1
      await answer(id)
      if (Number(id.slice(1)) % 5 === 0) {
        await keeper.changeThread({ threadId: id, change: { isPinned: true } })
      }
    }
    const whole = (await idsOf()).ids
    const paged: string[] = []
    let before: string | undefined
    do {
      const page = await idsOf({ limit: 4, ...(before === undefined ? {} : { before }) })
      paged.push(...page.ids)
      before = page.next
    } while (before !== undefined)
    expect(paged).toEqual(whole)
    expect([...paged].sort()).toEqual(all)
  })

  it('keeps archived ones apart', async () => {
    await answer('one')
    await answer('two')
    await keeper.changeThread({ threadId: 'one', change: { isArchived: true } })
    expect((await idsOf()).ids).toEqual(['two'])
    expect((await idsOf({ isArchived: true })).ids).toEqual(['one'])
  })

  it('begins anew for a cursor that is none', async () => {
    await answer('one')
    expect((await idsOf({ before: 'x' })).ids).toEqual(['one'])
  })
})

describe('changeThread', () => {
  it('tells the one who overwrites what he had not seen, and lets the last one win', async () => {
    await answer('one')
    const seen = (await keeper.loadSummary('one'))?.updatedAtMs ?? 0
    const change = (title: string, ifUpdatedAtMs: number) =>
      keeper.changeThread({ threadId: 'one', change: { title }, ifUpdatedAtMs })
    const first = await change('A', seen)
    const second = await change('B', seen)
    expect([first.isOverwriting, second.isOverwriting]).toEqual([false, true])
    expect(second.thread.title).toBe('B')
    const third = await change('C', second.thread.updatedAtMs)
    expect(third.isOverwriting).toBe(false)
  })

  it('does not take an answer for a change of the thread', async () => {
    await answer('one')
    const seen = (await keeper.loadSummary('one'))?.updatedAtMs ?? 0
    clock.nowMs += 5000
    await answer('one', { id: 'more', parentId: 'a-one' })
    const change = { threadId: 'one', change: { title: 'A' }, ifUpdatedAtMs: seen }
    expect((await keeper.changeThread(change)).isOverwriting).toBe(false)
  })

  it('does not move a thread that is pinned or archived', async () => {
    await answer('one')
    clock.nowMs += 1000
    const change = { isPinned: true, isArchived: true }
    const { thread } = await keeper.changeThread({ threadId: 'one', change })
    expect(thread).toMatchObject({ updatedAtMs: 1000, isPinned: true, isArchived: true })
  })

  it('never sets the time of a thread back with the clock', async () => {
    clock.nowMs = 9000
    await answer('one')
    clock.nowMs = 5
    await answer('one', { id: 'more', parentId: 'a-one' })
    expect((await keeper.loadSummary('one'))?.updatedAtMs).toBe(9000)
    const { thread } = await keeper.changeThread({ threadId: 'one', change: { title: 'A' } })
    expect(thread.updatedAtMs).toBe(9001)
  })

  it('knows no thread that is not there', async () => {
    const change = keeper.changeThread({ threadId: 'x', change: { title: 'A' } })
    await expect(change).rejects.toMatchObject({ code: 'thread_not_found' })
  })
})

describe('a deleted thread', () => {
  it('is nowhere, takes no question, and can be had back as it was', async () => {
    await answer('one')
    const before = await store.loadThread('one')
    expect(await keeper.markDeleted('one')).toEqual({ runId: undefined })
    expect((await idsOf()).ids).toEqual([])
    expect(await store.loadThread('one')).toBeUndefined()
    const more = ask('one', { id: 'more', parentId: 'a-one' })
    await expect(more).rejects.toMatchObject({ code: 'thread_not_found' })
    for (const again of [
      keeper.markDeleted('one'),
      keeper.changeThread({ threadId: 'one', change: { title: 'A' } }),
    ]) {
      await expect(again).rejects.toMatchObject({ code: 'thread_not_found' })
    }
    await keeper.restoreThread('one')
    expect(await store.loadThread('one')).toEqual(before)
  })

  it('names the run that still writes in it', async () => {
    await ask('one')
    expect(await keeper.markDeleted('one')).toEqual({ runId: 'run-one' })
  })

  it('is gone for good when it was deleted long enough ago, with all that belongs to it', async () => {
    await answer('one')
    for (let turn = 1; turn < 5; turn += 1) {
      await answer('one', { id: `${turn}`, parentId: turn === 1 ? 'a-one' : `a-${turn - 1}` })
    }
    await answer('two')
    await keeper.markDeleted('one')
    const cursor = changes.cursor()
    clock.nowMs += 10_000
    expect(await keeper.purgeDeleted({ sinceMs: 10_001 })).toBe(0)
    expect(await keeper.purgeDeleted({ sinceMs: 10_000 })).toBe(1)
    await expect(keeper.restoreThread('one')).rejects.toMatchObject({ code: 'thread_not_found' })
    for (const table of ['messages', 'timings'] as const) {
      const rows = await db.selectFrom(table).selectAll().execute()
      expect(rows).toHaveLength(table === 'messages' ? 2 : 1)
    }
    expect(changes.since(cursor)).toHaveLength(10)
    expect((await idsOf()).ids).toEqual(['two'])
  })

  it('is taken away whole by the next purge when a crash came into the first', async () => {
    await answer('one')
    await db.updateTable('threads').set({ deleted_at_ms: 0 }).execute()
    await expect(keeper.restoreThread('one')).rejects.toMatchObject({ code: 'thread_not_found' })
    expect(await keeper.purgeDeleted({ sinceMs: 0 })).toBe(1)
    expect(await db.selectFrom('threads').selectAll().execute()).toEqual([])
  })
})

describe('editReply', () => {
  const edit = { messageId: 'a-one', id: 'edited', text: 'Better.' }

  it('writes another reply beside the first, which the next question goes on from', async () => {
    const first = await answer('one')
    const { reply, isNew } = await keeper.editReply(edit)
    expect(isNew).toBe(true)
    expect(reply).toEqual({
      ...{ id: 'edited', threadId: 'one', parentId: 'q-one', role: 'assistant', runId: 'edited' },
      ...{ text: 'Better.', reasoning: '', status: 'complete', model: 'm', createdAtMs: 1000 },
      editedFromId: 'a-one',
    })
    expect(await store.loadReply('run-one')).toEqual(first)
    expect(await store.loadReply('edited')).toEqual(reply)
    expect(await store.loadThread('one')).toMatchObject({
      messages: [{ id: 'q-one' }, reply],
      siblings: { edited: ['a-one', 'edited'] },
    })
    const next = await store.saveQuestion({
      request: {
        threadId: 'one',
        parentId: 'edited',
        runId: 'r',
        message: { id: 'q', text: 'On.' },
      },
      replyId: 'a',
    })
    expect(next).toMatchObject({
      history: [{ text: 'Text of one' }, { text: 'Better.' }, { text: 'On.' }],
    })
  })

  it('is the same edit when it comes again, and a conflict with another text', async () => {
    await answer('one')
    const { reply } = await keeper.editReply(edit)
    expect(await keeper.editReply(edit)).toEqual({ reply, isNew: false })
    for (const other of [{ text: 'Other' }, { messageId: 'edited' }, { id: 'a-one' }]) {
      const again = keeper.editReply({ ...edit, ...other })
      await expect(again).rejects.toMatchObject({ code: 'message_conflict' })
    }
  })

  it('is refused while the thread is written in, and for what is no reply', async () => {
    await ask('one')
    await expect(keeper.editReply(edit)).rejects.toMatchObject({ code: 'run_active' })
    for (const messageId of ['q-one', 'x']) {
      const wrong = keeper.editReply({ ...edit, messageId })
      await expect(wrong).rejects.toMatchObject({ code: 'message_not_found' })
    }
  })

  it('is no reply of the engine: the list of timings has none of it', async () => {
    await answer('one')
    await keeper.editReply(edit)
    const rows = await store.listTimingRows({ limit: 10 })
    expect(rows.map(({ messageId }) => messageId)).toEqual(['a-one'])
  })
})

describe('forkThread', () => {
  const fork = { threadId: 'one', messageId: 'a-2', id: 'fork' }

  beforeEach(async () => {
    await answer('one')
    await answer('one', { id: '2', parentId: 'a-one' })
    await answer('one', { id: '3', parentId: 'a-2' })
    await store.saveSampling({ threadId: 'one', sampling: { seed: 3 } })
  })

  it('copies the branch down to the message, with its figures, under new ids', async () => {
    clock.nowMs = 5000
    const { thread, isNew } = await keeper.forkThread(fork)
    expect(isNew).toBe(true)
    expect(thread).toMatchObject({ id: 'fork', title: 'Text of one', createdAtMs: 5000 })
    const forked = await store.loadThread('fork')
    expect(forked?.thread.sampling).toEqual({ seed: 3 })
    expect(forked?.messages.map(({ id, parentId, text }) => [id, parentId, text])).toEqual([
      ['copy-1', null, 'Text of one'],
      ['copy-2', 'copy-1', 'Answer a-one'],
      ['copy-3', 'copy-2', 'Text of 2'],
      ['copy-4', 'copy-3', 'Answer a-2'],
    ])
    expect(forked?.messages.at(-1)).toMatchObject({ timing: { e2elMs: 7 }, runId: 'copy-4' })
    expect((await store.loadThread('one'))?.messages).toHaveLength(6)
    expect(await store.listTimingRows({ limit: 10 })).toHaveLength(3)
  })

  it('is the same fork when it comes again, and a conflict with another message or thread', async () => {
    const { thread } = await keeper.forkThread(fork)
    expect(await keeper.forkThread(fork)).toEqual({ thread, isNew: false })
    expect(await db.selectFrom('threads').select('id').execute()).toHaveLength(2)
    for (const other of [{ messageId: 'a-3' }, { id: 'one' }]) {
      const again = keeper.forkThread({ ...fork, ...other })
      await expect(again).rejects.toMatchObject({ code: 'message_conflict' })
    }
  })

  it('is refused for a message of another thread, and while that reply is being written', async () => {
    await ask('two')
    for (const [other, code] of [
      [{ messageId: 'a-two' }, 'message_not_found'],
      [{ messageId: 'x' }, 'message_not_found'],
      [{ threadId: 'x' }, 'thread_not_found'],
      [{ threadId: 'two', messageId: 'a-two' }, 'run_active'],
    ] as const) {
      await expect(keeper.forkThread({ ...fork, ...other })).rejects.toMatchObject({ code })
    }
    expect(await keeper.loadSummary('fork')).toBeUndefined()
  })
})
