import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openTestDatabase } from '@/lib/db/__fixtures__/open-test-database'
import { createChangeLog } from '@/lib/db/change-log'
import { createStore, type Store } from '@/lib/db/create-store'
import { createThreadKeeper, type ThreadKeeper } from '@/lib/db/create-thread-keeper'
import type { Reply } from '@/lib/domain/message'
import { createThreadMover, type ExportFormat, type ThreadMover } from '../move-threads'

export type Place = {
  store: Store
  keeper: ThreadKeeper
  mover: ThreadMover
  toldImports: () => number
}

const open: Store[] = []

/** An empty store, and what moves threads in and out of it. */
export async function openPlace(): Promise<Place> {
  const db = await openTestDatabase()
  const store = createStore({ db })
  open.push(store)
  const keeper = createThreadKeeper({ db, changes: createChangeLog() })
  const createId = () => crypto.randomUUID()
  let imports = 0
  const teller = {
    imported: () => {
      imports += 1
    },
  }
  const mover = createThreadMover({ keeper, teller, createId, now: Date.now })
  return { store, keeper, mover, toldImports: () => imports }
}

export async function closePlaces(): Promise<void> {
  for (const store of open.splice(0)) await store.close()
}

export const readFixture = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')

export async function read(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

export const exportAll = async ({ mover }: Place, format: ExportFormat = 'json') =>
  await read(mover.exportAll(format).pieces)

/** A question and its whole answer. @returns the reply's id */
export async function say(
  place: Place,
  options: {
    text: string
    parentId?: string | null
    threadId: string
    end?: Partial<Reply>
  },
) {
  const { text, parentId = null, threadId, end = {} } = options
  const request = {
    ...{ threadId, parentId, runId: crypto.randomUUID() },
    message: { id: crypto.randomUUID(), text },
  }
  const replyId = crypto.randomUUID()
  const { reply } = await place.store.saveQuestion({ request, replyId, model: 'm' })
  await place.store.finishReply({ ...reply, text: `Answer to ${text}`, status: 'complete', ...end })
  return replyId
}

/** Everything that a thread can hold. */
export async function fill(place: Place): Promise<string> {
  const threadId = crypto.randomUUID()
  const first = await say(place, {
    threadId,
    text: 'One \0 \ud800 "quoted"\n',
    end: { reasoning: 'why' },
  })
  const timing = { e2elMs: 9, ttftMs: 3, interTokenMs: { p50: 1, p95: 2, max: 3 }, cachedTokens: 0 }
  const second = await say(place, { threadId, text: 'Two', parentId: first, end: { timing } })
  await place.store.savePaint({ messageId: second, paint: { browserTtftMs: 20 } })
  const error = { code: 'engine_died', details: { model: 'm' } } as const
  await say(place, {
    threadId,
    text: 'Two again',
    parentId: first,
    end: { status: 'interrupted', error },
  })
  await place.keeper.editReply({ messageId: second, id: crypto.randomUUID(), text: 'Edited' })
  await place.store.saveTrim({ threadId, replyId: first, isTrimEnd: true })
  await place.store.saveSampling({ threadId, sampling: { temperature: 0.5, stop: ['x'] } })
  await place.keeper.changeThread({ threadId, change: { isPinned: true, title: 'A title' } })
  return threadId
}
