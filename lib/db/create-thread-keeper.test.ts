import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type KeeperSetup, setUpKeeper } from './__fixtures__/set-up-keeper'

let clock: KeeperSetup['clock']
let changes: KeeperSetup['changes']
let db: KeeperSetup['db']
let store: KeeperSetup['store']
let keeper: KeeperSetup['keeper']
let ask: KeeperSetup['ask']
let answer: KeeperSetup['answer']

beforeEach(async () => {
  ;({ clock, changes, db, store, keeper, ask, answer } = await setUpKeeper())
})
afterEach(() => store.close())

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
