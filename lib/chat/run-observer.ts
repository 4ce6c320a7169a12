import type { ChatMessage, Reply } from '@/lib/domain/message'
import type { Sampling } from '@/lib/domain/sampling'
import type { FinishEvent } from './to-ended-reply'

/** What a run was sent with, and what is seen of it on the way, beside its text. Times are of the registry's `now()`. */
export type RunMarks = {
  /** The served name that was asked for. */
  model: string
  /** The branch that was sent. */
  history: readonly ChatMessage[]
  sampling: Sampling
  traceparent: string | undefined
  acceptedMs: number
  sentMs: number | undefined
  arrivalsMs: number[]
  finish: FinishEvent | undefined
  /** Others before it when it was last seen in the engine's queue. */
  queuedBehindRequests: number | undefined
}

/**
 * Is told of each run. `started` comes before the request is handed to the engine, on the way to the
 * first token: a few map operations at most. `ended` comes after the end was stored and told.
 */
export type RunObserver = {
  started?(run: { reply: Reply; acceptedMs: number }): void
  ended?(run: { reply: Reply; marks: RunMarks }): void
}

/** All of them in turn; what one throws is told, and hurts neither the answer nor the others. */
export function combineObservers({
  observers,
  onError,
}: {
  observers: readonly RunObserver[]
  onError: (error: unknown) => void
}): Required<RunObserver> {
  const tell = (act: (observer: RunObserver) => void) => {
    for (const observer of observers) {
      try {
        act(observer)
      } catch (error) {
        onError(error)
      }
    }
  }
  return {
    started: (run) => tell((observer) => observer.started?.(run)),
    ended: (run) => tell((observer) => observer.ended?.(run)),
  }
}
