import { randomUUID } from 'node:crypto'
import type { UpstreamCall } from '@/lib/domain/reply-trace'
import type { ChatLogger } from './chat-ports'

export type LedgerStore = {
  appendCalls(calls: readonly UpstreamCall[]): Promise<void>
  pruneCalls(): Promise<number>
  listCalls(options: { limit: number; messageId?: string | undefined }): Promise<UpstreamCall[]>
}

/** The book of every call to the engine. Entering costs a push; it is written a moment later, many at once. */
export type Ledger = {
  enter(call: Omit<UpstreamCall, 'id'>): void
  /** A look at the engine; looks are added up to one line a minute. */
  enterLook(look: { durationMs: number; isOk: boolean }): void
  /** The newest first, with what is not written yet. @throws {AppError} storage_failed */
  list(options: { limit: number; messageId?: string | undefined }): Promise<UpstreamCall[]>
  /** Writes what is left. */
  close(): Promise<void>
}

const FLUSH_MS = 1000
const MAX_PENDING = 5000
const PRUNE_EVERY = 1000
const MINUTE_MS = 60_000

export function createLedger(options: {
  store: LedgerStore
  logger: ChatLogger
  /** Wall clock. */
  wallNow?: () => number
  createId?: () => string
  /** Calls back once, after a while; the returned function calls that off. */
  later?: (callback: () => void, delayMs: number) => () => void
}): Ledger {
  const { store, logger, wallNow = Date.now, createId = randomUUID, later = schedule } = options
  let pending: UpstreamCall[] = []
  let looks: UpstreamCall | undefined
  let callOff: (() => void) | undefined
  let writing = Promise.resolve()
  let sincePruned = PRUNE_EVERY

  const write = async () => {
    const calls = pending
    pending = []
    if (calls.length === 0) return
    try {
      await store.appendCalls(calls)
      sincePruned += calls.length
      if (sincePruned < PRUNE_EVERY) return
      sincePruned = 0
      await store.pruneCalls()
    } catch (error) {
      logger.warn({ err: error, calls: calls.length }, 'calls to the engine could not be entered')
    }
  }
  const flush = () => {
    callOff?.()
    callOff = undefined
    writing = writing.then(write)
    return writing
  }
  const put = (call: UpstreamCall) => {
    // What the store does not take must not fill the memory.
    if (pending.length >= MAX_PENDING) pending.shift()
    pending.push(call)
    callOff ??= later(() => void flush(), FLUSH_MS)
  }
  const closeLooks = () => {
    if (looks !== undefined) put(looks)
    looks = undefined
  }

  return {
    enter: (call) => put({ id: createId(), ...call }),
    enterLook({ durationMs, isOk }) {
      const atMs = wallNow()
      if (looks !== undefined && atMs - looks.startedAtMs >= MINUTE_MS) closeLooks()
      looks ??= {
        id: createId(),
        kind: 'probe',
        cause: 'watch',
        startedAtMs: atMs - durationMs,
        durationMs: 0,
        outcome: 'ok',
        count: 0,
      }
      looks.durationMs += durationMs
      looks.count = (looks.count ?? 0) + 1
      if (!isOk) looks.outcome = 'failed'
    },
    async list(query) {
      await flush()
      const calls = await store.listCalls(query)
      const isShown = looks !== undefined && query.messageId === undefined
      return isShown && looks !== undefined ? merge(looks, calls).slice(0, query.limit) : calls
    },
    async close() {
      closeLooks()
      await flush()
    },
  }
}

function merge(looks: UpstreamCall, calls: readonly UpstreamCall[]): UpstreamCall[] {
  const newer = calls.filter(({ startedAtMs }) => startedAtMs > looks.startedAtMs)
  return [...newer, { ...looks }, ...calls.slice(newer.length)]
}

function schedule(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs)
  timer.unref()
  return () => clearTimeout(timer)
}
