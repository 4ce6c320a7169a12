import { AppError } from '@/lib/domain/error'
import { createSilenceWatch, type Schedule, type SilenceWatch } from './create-silence-watch'
import type { EngineMetrics } from './read-metrics'

/** How many streams run at once in this process: what holding deltas back is decided by. */
export type StreamLoad = { active: number }

/** One call to the engine, from the first byte sent to the closed socket. */
export type CompletionCall = {
  /** Of the socket. */
  signal: AbortSignal
  watch: SilenceWatch
  /** When the request was handed to the socket. */
  sent: Promise<number>
  markSent(): void
  /** When the pieces of each delta came in, in the order of the deltas that the model gives. */
  arrivalsMs: (readonly number[])[]
  /** Why the call failed; what came before it is still to be delivered. */
  failure: AppError | undefined
  /** The answer was read to its end: the connection is of further use. */
  isDrained: boolean
  /** The first failure counts; closes the socket. */
  fail(error: AppError): void
  /** Closes the socket. */
  finish(): void
  /** Idempotent; closes the socket unless the answer was read to its end. */
  release(): void
}

/** Listens to the caller's signal until `release`: a signal may live as long as the server. */
export function createCompletionCall(options: {
  signal: AbortSignal
  now: () => number
  stallMs: number
  firstTokenMs?: number
  settleMs?: number
  schedule?: Schedule
  look?: () => Promise<EngineMetrics | undefined>
}): CompletionCall {
  const { signal: callerSignal, now, ...limits } = options
  const controller = new AbortController()
  const onAbort = () => controller.abort(callerSignal.reason)
  const sent = Promise.withResolvers<number>()
  const watch = createSilenceWatch({
    ...limits,
    now,
    onSilent: (silentMs) =>
      call.fail(new AppError('engine_stalled', { details: { seconds: toSeconds(silentMs) } })),
    onSettled: () => call.finish(),
  })
  const call: CompletionCall = {
    signal: controller.signal,
    watch,
    sent: sent.promise,
    arrivalsMs: [],
    failure: undefined,
    isDrained: false,
    markSent() {
      watch.start()
      sent.resolve(now())
    },
    fail(error) {
      call.failure ??= error
      call.finish()
    },
    finish() {
      watch.stop()
      controller.abort()
    },
    release() {
      watch.stop()
      callerSignal.removeEventListener('abort', onAbort)
      if (!call.isDrained) controller.abort()
    },
  }
  callerSignal.addEventListener('abort', onAbort, { once: true })
  if (callerSignal.aborted) onAbort()
  return call
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1000))
}
