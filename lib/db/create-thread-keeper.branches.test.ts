import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type KeeperSetup, setUpKeeper } from './__fixtures__/set-up-keeper'

let clock: KeeperSetup['clock']
let db: KeeperSetup['db']
let store: KeeperSetup['store']
let keeper: KeeperSetup['keeper']
let ask: KeeperSetup['ask']
let answer: KeeperSetup['answer']

beforeEach(async () => {
  ;({ clock, db, store, keeper, ask, answer } = await setUpKeeper())
})
afterEach(() => store.close())

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
