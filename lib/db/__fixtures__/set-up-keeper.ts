import type { Reply } from '@/lib/domain/message'
import { createChangeLog } from '../change-log'
import { createStore } from '../create-store'
import { createThreadKeeper } from '../create-thread-keeper'
import { openTestDatabase } from './open-test-database'

type Turn = { id?: string; parentId?: string | null }

/** Store and keeper of an empty database, with a clock that is set by hand. */
export async function setUpKeeper() {
  const clock = { nowMs: 1000 }
  const changes = createChangeLog()
  const db = await openTestDatabase()
  const store = createStore({ db, now: () => clock.nowMs })
  let copies = 0
  const createId = () => `copy-${++copies}`
  const keeper = createThreadKeeper({ db, changes, now: () => clock.nowMs, createId })

  /** A question, and its reply under way. */
  async function ask(threadId: string, turn: Turn = {}) {
    const { id = threadId, parentId = null } = turn
    const request = {
      threadId,
      parentId,
      runId: `run-${id}`,
      message: { id: `q-${id}`, text: `Text of ${id}` },
    }
    return (await store.saveQuestion({ request, replyId: `a-${id}`, model: 'm' })).reply
  }

  /** A question, and its whole reply. */
  async function answer(threadId: string, turn: Turn = {}) {
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

  return { clock, changes, db, store, keeper, ask, answer }
}

export type KeeperSetup = Awaited<ReturnType<typeof setUpKeeper>>
