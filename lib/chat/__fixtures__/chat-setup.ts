import { expect } from 'vitest'
import { createChangeLog } from '@/lib/db/change-log'
import { openTestDatabase } from '@/lib/db/__fixtures__/open-test-database'
import { connect } from '@/lib/db/connect'
import type { Database } from '@/lib/db/schema'
import { combineStores, type Stores } from '@/lib/db/combine-stores'
import { createStore, type Store } from '@/lib/db/create-store'
import { createThreadKeeper } from '@/lib/db/create-thread-keeper'
import { createTraceStore } from '@/lib/db/create-trace-store'
import { AppError } from '@/lib/domain/error'
import type { ChatRequest, StreamChunk } from '@/lib/domain/stream-chunk'
import type { SeenLoad } from '@/lib/readiness/readiness-monitor'
import { createRunRegistry, type RunRegistry } from '../create-run-registry'
import type { StreamItem } from '../encode-stream-item'
import type { RegistryOptions } from '../registry-state'
import { createScriptedEngine, type Play } from './scripted-engine'

/** The registry with the real store in memory, a scripted engine, and time moved by hand. */
export async function setUpChat(options: Partial<RegistryOptions> = {}) {
  const clock = { nowMs: 1000 }
  const ticks = new Set<() => void>()
  const monitor = {
    phase: 'ready',
    seenLoad: undefined as SeenLoad | undefined,
    reported: [] as AppError[],
    requireModel() {
      if (monitor.phase === 'ready') return 'model'
      throw new AppError('engine_not_ready', { details: { phase: monitor.phase } })
    },
    load: () => monitor.seenLoad,
    reportError: (error: AppError) => void monitor.reported.push(error),
  }
  const logged: { fields: Record<string, unknown>; message: string }[] = []
  const log = (fields: Record<string, unknown>, message: string) =>
    void logged.push({ fields, message })
  const scripted = createScriptedEngine()
  const openStore = (db: Database): Stores => {
    const changes = createChangeLog()
    const now = () => clock.nowMs
    return {
      db,
      store: createStore({ db, changes, now }),
      keeper: createThreadKeeper({ db, changes, now }),
      traces: createTraceStore({ db, changes }),
    }
  }
  const kept = openStore(await openTestDatabase())
  const combined = combineStores({ kept, temporary: openStore(await connect(':memory:')) })
  const { keeper, traces, isTemporary } = combined
  const { store, settled } = watchCalls(combined.store)
  let ids = 0
  const runs: RunRegistry = createRunRegistry({
    store,
    engine: scripted.engine,
    monitor,
    systemPrompt: 'SYSTEM',
    logger: { info: log, warn: log, error: log },
    now: () => clock.nowMs,
    createId: () => `reply-${++ids}`,
    every: (callback) => {
      ticks.add(callback)
      return () => ticks.delete(callback)
    },
    ...options,
  })
  return {
    clock,
    monitor,
    scripted,
    store,
    keeper,
    traces,
    isTemporary,
    kept,
    runs,
    logged,
    ticks,
    /** One second of the registry's book-keeping, with what it set in motion. */
    async tick() {
      for (const callback of [...ticks]) callback()
      await settled()
    },
  }
}

/** The store, and when what is asked of it has been answered. */
function watchCalls(store: Store) {
  const calls = new Set<Promise<unknown>>()
  const watched = Object.entries(store).map(([name, method]) => [
    name,
    (...args: never[]) => {
      const call = (method as (...args: never[]) => Promise<unknown>)(...args)
      const settled = call.catch(() => undefined).finally(() => calls.delete(settled))
      calls.add(settled)
      return call
    },
  ])
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    store: Object.fromEntries(watched) as Store,
    async settled() {
      await nextTurn()
      while (calls.size > 0) {
        await Promise.all(calls)
        await nextTurn()
      }
    },
  }
}

/** Ends what runs; no socket of the engine may be left. */
export async function closeChat({ runs, store, scripted }: ChatSetup): Promise<void> {
  await runs.drain({ graceMs: 0 })
  await store.close()
  expect(scripted.state.open).toBe(0)
}

export type ChatSetup = Awaited<ReturnType<typeof setUpChat>>

export const ask = (n = 1, more: Partial<ChatRequest> = {}): ChatRequest => ({
  threadId: 'thread',
  parentId: null,
  runId: `run-${n}`,
  message: { id: `question-${n}`, text: `text ${n}` },
  ...more,
})

/** A run that has reached the engine, in a thread of its own. */
export async function begin(chat: ChatSetup, n = 1): Promise<Play> {
  await chat.runs.start(ask(n, { threadId: `thread-${n}` }))
  return await chat.scripted.nextPlay()
}

/** Reads to the end of the stream. */
export async function collect(
  runs: RunRegistry,
  { runId = 'run-1', after = 0, signal = new AbortController().signal } = {},
): Promise<StreamItem[]> {
  const items: StreamItem[] = []
  for await (const item of runs.follow({ runId, after, signal })) items.push(item)
  return items
}

export function textOf(items: readonly { chunk: StreamChunk }[], kind: 'text' | 'reasoning' = 'text') {
  return items
    .map(({ chunk }) => (chunk.type === `${kind}-delta` && 'delta' in chunk ? chunk.delta : ''))
    .join('')
}

export function finishOf(items: readonly { chunk: StreamChunk }[]) {
  const last = items.at(-1)?.chunk
  return last?.type === 'finish' ? last.messageMetadata : undefined
}
