import { AppError } from '@/lib/domain/error'
import type { CompletionUsage } from '@/lib/engine/completion'
import type { EngineObservation } from '@/lib/engine/probe-engine'
import type { Tokenized } from '@/lib/engine/tokenize'
import type { WatchedEngine } from '../engine-watch'

export type Deferred<T> = {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
}

/** An engine that shows what `sight` holds, at once or when the test lets it. */
export function createScriptedEngine(options: { now: () => number; sight: EngineObservation }) {
  const engine = {
    sight: options.sight,
    /** When each look began. */
    looksAtMs: [] as number[],
    /** Set: looks hang until they are let go or aborted. */
    isHanging: false,
    hanging: [] as Deferred<EngineObservation>[],
    maxInFlight: 0,
    warmUps: [] as (Deferred<CompletionUsage | undefined> & WarmUp)[],
    tokenized: [] as Parameters<WatchedEngine['tokenize']>[0][],
    tokenize: async (): Promise<Tokenized> => ({ count: 201, maxModelLen: 4096, tokens: [] }),
  }
  let inFlight = 0
  const client: WatchedEngine = {
    async probe({ signal }) {
      engine.looksAtMs.push(options.now())
      inFlight += 1
      engine.maxInFlight = Math.max(engine.maxInFlight, inFlight)
      try {
        if (!engine.isHanging) return engine.sight
        const look = defer<EngineObservation>(signal)
        engine.hanging.push(look)
        return await look.promise
      } finally {
        inFlight -= 1
      }
    },
    completeOneToken({ signal, ...request }) {
      const call = { ...defer<CompletionUsage | undefined>(signal), request }
      engine.warmUps.push(call)
      return call.promise
    },
    async tokenize(request) {
      engine.tokenized.push(request)
      return engine.tokenize()
    },
  }
  return { engine, client }
}

type WarmUp = {
  request: Omit<Parameters<WatchedEngine['completeOneToken']>[0], 'signal'>
}

export const timedOut = () => new AppError('engine_timeout', { details: { seconds: 10 } })

function defer<T>(signal: AbortSignal | undefined): Deferred<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  return { promise, resolve, reject }
}
