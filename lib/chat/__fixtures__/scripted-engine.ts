import type { CompletionEvent, CompletionRequest } from '@/lib/engine/completion'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import type { ChatEngine } from '../chat-ports'

/** One request as the engine sees it, played by hand. */
export type Play = {
  request: CompletionRequest
  push(...events: CompletionEvent[]): void
  end(): void
  fail(error: unknown): void
  /** Resolves when the caller aborted and the stream has let go of its socket. */
  closed: Promise<void>
}

/** An engine whose streams do what the test says, and which closes its socket when it is aborted. */
export function createScriptedEngine() {
  const plays: Play[] = []
  const arrivals: ((play: Play) => void)[] = []
  const state = { metrics: undefined as EngineMetrics | undefined, metricsReads: 0, open: 0 }

  const engine: ChatEngine = {
    async *streamCompletion(request) {
      const queue: (CompletionEvent | { failure: unknown } | 'end')[] = []
      let wake = () => {}
      const { promise: closed, resolve: setClosed } = Promise.withResolvers<void>()
      const put = (entry: (typeof queue)[number]) => {
        queue.push(entry)
        wake()
      }
      const play: Play = {
        request,
        push: (...events) => events.forEach(put),
        end: () => put('end'),
        fail: (failure) => put({ failure }),
        closed,
      }
      const onAbort = () => wake()
      request.signal.addEventListener('abort', onAbort)
      state.open += 1
      plays.push(play)
      arrivals.shift()?.(play)
      try {
        for (;;) {
          request.signal.throwIfAborted()
          const entry = queue.shift()
          if (entry === 'end') return
          if (entry === undefined) {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          } else if ('failure' in entry) throw entry.failure
          else yield entry
        }
      } finally {
        request.signal.removeEventListener('abort', onAbort)
        state.open -= 1
        setClosed()
      }
    },
    async readMetrics() {
      state.metricsReads += 1
      return state.metrics
    },
  }
  let taken = 0
  return {
    engine,
    state,
    plays,
    /** The next request that reaches the engine, in order. */
    async nextPlay(): Promise<Play> {
      const play = plays[taken]
      taken += 1
      return play ?? (await new Promise<Play>((resolve) => arrivals.push(resolve)))
    },
  }
}

export const sent = (atMs: number): CompletionEvent => ({ type: 'sent', atMs })

export const text = (delta: string, ...arrivalsMs: number[]): CompletionEvent => ({
  type: 'text-delta',
  delta,
  arrivalsMs,
})

export const reasoning = (delta: string, ...arrivalsMs: number[]): CompletionEvent => ({
  type: 'reasoning-delta',
  delta,
  arrivalsMs,
})

export const finish = (
  more: Partial<CompletionEvent & { type: 'finish' }> = {},
): CompletionEvent => ({ type: 'finish', finishReason: 'stop', ...more })
