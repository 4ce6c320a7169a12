import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBatchServices } from '@/lib/batch-services'
import { type ChatSetup, setUpChat } from '@/lib/chat/__fixtures__/chat-setup'
import { createLedger } from '@/lib/chat/create-ledger'
import { combineObservers, type RunObserver } from '@/lib/chat/run-observer'
import { parseEnv } from '@/lib/config/env'
import { createDebugServices } from '@/lib/debug-services'
import { AppError } from '@/lib/domain/error'
import type { Readiness } from '@/lib/domain/readiness'
import { createEngineSamples } from '@/lib/readiness/create-engine-samples'
import type { Services } from '@/lib/services'
import { createTipsServices } from '@/lib/tips-services'
import { createThreadServices } from '@/lib/thread-services'
import { setServices } from '../services'

/** Services in the singleton: the real store in memory, the real runs, a scripted engine. */
export async function setUpRoutes(env: Record<string, string> = {}) {
  const observers: RunObserver[] = []
  const chat: ChatSetup = await setUpChat({
    createId: () => crypto.randomUUID(),
    observer: combineObservers({
      observers: [
        {
          started: (run) => observers.forEach(({ started }) => started?.(run)),
          ended: (run) => observers.forEach(({ ended }) => ended?.(run)),
        },
      ],
      onError: (error) => log('error')({ err: error }, 'observer'),
    }),
  })
  const logged: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const log = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void logged.push({ level, fields, message })
  const readiness = { phase: 'ready', canSend: true } as Readiness
  const parsed = parseEnv(env)
  const logger = {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
  }
  const debug = createDebugServices({
    env: parsed,
    logger,
    traces: chat.traces,
    samples: createEngineSamples(),
    ledger: createLedger({ store: chat.traces, logger }),
    engine: { ...chat.scripted.engine, tokenize: () => Promise.reject(new AppError('internal')) },
    baseUrl: 'http://127.0.0.1:8000/v1',
    systemPrompt: 'SYSTEM',
    monitor: { current: () => readiness, requireModel: chat.monitor.requireModel },
    activeRuns: chat.runs.activeCount,
  })
  const threads = createThreadServices({
    keeper: chat.keeper,
    isTemporary: chat.isTemporary,
    stopRun: chat.runs.stop,
    retentionMs: undefined,
    logger,
  })
  observers.push(threads.observer)
  const dataDir = await mkdtemp(join(tmpdir(), 'first-token-routes-'))
  const batches = createBatchServices({
    env: { dataDir, isBatchYielding: true },
    logger,
    engine: chat.scripted.engine,
    monitor: { current: () => readiness },
    systemPrompt: 'SYSTEM',
    ledger: debug.ledger,
    isChatWaiting: () => chat.runs.waitingCount() > 0,
  })
  observers.push(batches.observer)
  const tips = createTipsServices({
    env: { dataDir },
    logger,
    engine: {
      ...chat.scripted.engine,
      tokenize: () => Promise.reject(new AppError('internal')),
    },
    monitor: {
      current: () => readiness,
      requireModel: chat.monitor.requireModel,
      startFacts: () => ({}),
    },
    samples: debug.samples,
    traces: chat.traces,
    ledger: debug.ledger,
    activeChats: chat.runs.activeCount,
  })
  const services: Services = {
    env: parsed,
    logger,
    debug,
    store: chat.store,
    monitor: {
      current: () => readiness,
      requireModel: chat.monitor.requireModel,
      load: () => undefined,
      startFacts: () => ({}),
      reportError: () => undefined,
      start: () => undefined,
      stop: async () => undefined,
    },
    runs: chat.runs,
    batches: batches.registry,
    tips,
    loadThread: chat.store.loadThread,
    loadThreadThrough: chat.store.loadThreadThrough,
    loadThreadPage: chat.store.loadThreadPage,
    ...threads.services,
    close: async ({ graceMs }) => {
      await batches.registry.close()
      await tips.close()
      await chat.runs.drain({ graceMs })
      await threads.close()
      await debug.close()
      await chat.store.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  setServices(services)
  return {
    chat,
    services,
    logged,
    readiness,
    async end() {
      setServices(undefined)
      await services.close({ graceMs: 0 })
    },
  }
}

export type RouteSetup = Awaited<ReturnType<typeof setUpRoutes>>

const ORIGIN = 'http://127.0.0.1:3000'

export function get(path: string, headers: Record<string, string> = {}): Request {
  return new Request(`${ORIGIN}${path}`, { headers: { host: '127.0.0.1:3000', ...headers } })
}

export function post(
  path: string,
  body: unknown,
  headers: Record<string, string | undefined> = {},
): Request {
  const all = { host: '127.0.0.1:3000', 'content-type': 'application/json', ...headers }
  const set = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new Request(`${ORIGIN}${path}`, {
    method: 'POST',
    headers: set,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** The second argument that Next gives a handler. */
export const params = (id: string) => ({ params: Promise.resolve({ id }) })
