import { afterEach, beforeEach, expect, it } from 'vitest'
import { openTestDatabase } from './__fixtures__/open-test-database'
import { createChangeLog } from './change-log'
import { createStore, type Store } from './create-store'
import { createThreadKeeper, type ThreadKeeper } from './create-thread-keeper'

let store: Store
let keeper: ThreadKeeper

beforeEach(async () => {
  const db = await openTestDatabase()
  store = createStore({ db, now: () => 1000 })
  keeper = createThreadKeeper({ db, changes: createChangeLog(), now: () => 2000 })
})
afterEach(() => store.close())

const ask = async (id: string, parentId: string | null = null) => {
  const message = { id: `q-${id}`, text: `Text ${id}` }
  const request = { threadId: 'thread', parentId, runId: `run-${id}`, message }
  return (await store.saveQuestion({ request, replyId: `a-${id}`, model: 'm' })).reply
}
const answer = async (id: string, parentId: string | null = null) =>
  store.finishReply({ ...(await ask(id, parentId)), text: `Answer ${id}`, status: 'complete' })

it('keeps the branch as it was: later messages and titles are not in it', async () => {
  await answer('1')
  const { shareId, url } = await keeper.saveShare({ threadId: 'thread' })
  // 128 bits.
  expect(Buffer.from(shareId, 'base64url')).toHaveLength(16)
  expect(url).toBe(`/share/${shareId}`)
  await answer('2', 'a-1')
  await keeper.changeThread({ threadId: 'thread', change: { title: 'Other' } })
  expect(await keeper.loadShare(shareId)).toEqual({
    title: 'Text 1',
    sharedAtMs: 2000,
    messages: [
      { id: 'q-1', role: 'user', text: 'Text 1', createdAtMs: 1000 },
      { id: 'a-1', role: 'assistant', text: 'Answer 1', model: 'm', createdAtMs: 1000 },
    ],
  })
})

it('shares the branch that is asked for, and no half answer', async () => {
  await answer('1')
  await answer('2', 'a-1')
  await answer('3', 'a-1')
  const through = await keeper.saveShare({ threadId: 'thread', throughId: 'a-2' })
  const ids = async (shareId: string) =>
    (await keeper.loadShare(shareId))?.messages.map(({ id }) => id)
  expect(await ids(through.shareId)).toEqual(['q-1', 'a-1', 'q-2', 'a-2'])
  await ask('4', 'a-3')
  const running = await keeper.saveShare({ threadId: 'thread' })
  expect(await ids(running.shareId)).toEqual(['q-1', 'a-1', 'q-3', 'a-3', 'q-4'])
})

it('is gone when it is revoked, and with its thread', async () => {
  await answer('1')
  const first = await keeper.saveShare({ threadId: 'thread' })
  const second = await keeper.saveShare({ threadId: 'thread' })
  expect(new Set((await keeper.listShares('thread')).map(({ shareId }) => shareId))).toEqual(
    new Set([first.shareId, second.shareId]),
  )
  const { shareId } = first
  expect(await keeper.deleteShare({ threadId: 'other', shareId })).toBe(false)
  expect(await keeper.deleteShare({ threadId: 'thread', shareId })).toBe(true)
  expect(await keeper.loadShare(shareId)).toBeUndefined()
  expect(await keeper.listShares('thread')).toEqual([second])
  await keeper.markDeleted('thread')
  expect(await keeper.loadShare(second.shareId)).toBeUndefined()
  await keeper.purgeDeleted({ sinceMs: 0 })
  expect(await keeper.listShares('thread')).toEqual([])
  const gone = keeper.saveShare({ threadId: 'thread' })
  await expect(gone).rejects.toMatchObject({ code: 'thread_not_found' })
})
