import type { CompletionCall, StreamLoad } from './create-completion-call'
import type { AnswerLimits } from './create-overrun'
import { createStreamIntake, type ReadOutcome } from './create-stream-intake'
import { drainBody } from './drain-body'
import type { EngineBody } from './engine-response'

const UNHELD_STREAMS = 8
/** Above the 33 ms between two tokens of an engine that gives 30 a second, so that two of them go in one. */
const MAX_HOLD_MS = 36

/** Up to eight streams wait for nothing; beyond, a ms for each, and never more than 36. */
export function toHoldMs({ active }: StreamLoad): number {
  return Math.min(MAX_HOLD_MS, Math.max(0, active - UNHELD_STREAMS))
}

/**
 * The engine's stream, read as JSON and given on with deltas joined that came close together. The
 * first is never held. It always closes and never errors, for an error would throw away what is
 * still on its way: whoever reads it looks at `call.failure` behind its end.
 */
export function createMergedBody(options: {
  body: EngineBody
  call: CompletionCall
  load: StreamLoad
  limits: AnswerLimits
  now: () => number
  apiKey?: string
}): ReadableStream<Uint8Array> {
  const { body, call, load, now } = options
  const encoder = new TextEncoder()
  const intake = createStreamIntake(options)
  let pendingRead: Promise<ReadOutcome> | undefined
  let isFirst = true

  async function advance(): Promise<void> {
    pendingRead ??= readOnce(body, now)
    const heldSinceMs = intake.heldSinceMs()
    const outcome =
      heldSinceMs === undefined
        ? await pendingRead
        : await within(pendingRead, heldSinceMs + toHoldMs(load) - now())
    if (outcome === undefined) return intake.flush()
    pendingRead = undefined
    intake.accept(outcome)
    if (isFirst || toHoldMs(load) === 0) intake.flush()
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        call.watch.resume()
        let ready = ''
        while (ready === '' && !intake.isEnded()) {
          await advance()
          ready = intake.take()
        }
        call.watch.pause()
        if (ready !== '') controller.enqueue(encoder.encode(ready))
        isFirst &&= ready === ''
        if (!intake.isEnded()) return
        if (intake.isDone() && call.failure === undefined) {
          call.isDrained = true
          void drainBody({ body })
        } else {
          void body.cancel().catch(() => {})
        }
        controller.close()
      },
      cancel() {
        call.finish()
        void body.cancel().catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}

function readOnce(body: EngineBody, now: () => number): Promise<ReadOutcome> {
  return body.read().then(
    ({ done, value }) =>
      done ? { kind: 'end', atMs: now() } : { kind: 'bytes', bytes: value, atMs: now() },
    (error: unknown) => ({ kind: 'cut', error }),
  )
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms <= 0) return undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const due = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  try {
    return await Promise.race([promise, due])
  } finally {
    clearTimeout(timer)
  }
}
