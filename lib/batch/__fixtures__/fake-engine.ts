import { AppError, type ErrorCode, type ErrorDetails } from '@/lib/domain/error'
import type { CompletionRequest } from '@/lib/engine/completion'
import type { BatchEngine } from '../ask-row'

/** What the engine does with one try: answers, waits to be told, fails at once or behind some text. */
export type Script =
  | 'answer'
  | 'hold'
  | { fail: ErrorCode; details?: ErrorDetails; after?: string }

export type FakeEngine = {
  engine: BatchEngine
  requests: CompletionRequest[]
  /** Held tries by question: `start` sends the first piece, `end` the rest. */
  held: Map<string, { start: () => void; end: () => void }>
  /** Lets a held try go on to its end, once it is held. */
  finish: (question: string) => Promise<void>
  inFlight: () => number
  maxInFlight: () => number
  /** Resolves when so many requests have come. */
  until: (count: number) => Promise<void>
}

/** An engine that plays a script for each question, one entry a try; the last entry is repeated. */
export function createFakeEngine(
  script: (question: string) => readonly Script[] = () => ['answer'],
  now: () => number = () => 0,
): FakeEngine {
  const requests: CompletionRequest[] = []
  const held: FakeEngine['held'] = new Map()
  const tries = new Map<string, number>()
  const waiting: { count: number; resolve: () => void }[] = []
  let inFlight = 0
  let maxInFlight = 0

  async function* answer(request: CompletionRequest): ReturnType<BatchEngine['streamCompletion']> {
    const question = request.messages.at(-1)?.content ?? ''
    const past = tries.get(question) ?? 0
    tries.set(question, past + 1)
    const steps = script(question)
    const step = steps[Math.min(past, steps.length - 1)] ?? 'answer'
    yield { type: 'sent', atMs: now() }
    await Promise.resolve()
    if (typeof step === 'object') {
      if (step.after !== undefined) yield piece(step.after, now())
      throw new AppError(step.fail, step.details === undefined ? {} : { details: step.details })
    }
    if (step === 'hold') {
      const start = Promise.withResolvers<void>()
      const end = Promise.withResolvers<void>()
      held.set(question, { start: start.resolve, end: end.resolve })
      try {
        await untilOrAbort(start.promise, request.signal)
        yield piece('begun ', now())
        await untilOrAbort(end.promise, request.signal)
      } finally {
        held.delete(question)
      }
    }
    yield piece(`answer to ${question}`, now())
    yield {
      type: 'finish',
      finishReason: 'stop',
      usage: { promptTokens: 3, completionTokens: 2 },
      model: 'served',
    }
  }

  return {
    engine: {
      async *streamCompletion(request) {
        request.signal.throwIfAborted()
        requests.push(request)
        for (const one of waiting.splice(0)) {
          if (requests.length >= one.count) one.resolve()
          else waiting.push(one)
        }
        inFlight += 1
        maxInFlight = Math.max(maxInFlight, inFlight)
        try {
          yield* answer(request)
        } finally {
          inFlight -= 1
        }
      },
    },
    requests,
    held,
    async finish(question) {
      while (!held.has(question)) await new Promise((resolve) => setImmediate(resolve))
      held.get(question)?.start()
      held.get(question)?.end()
    },
    inFlight: () => inFlight,
    maxInFlight: () => maxInFlight,
    until: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
  }
}

function piece(delta: string, atMs: number) {
  return { type: 'text-delta' as const, delta, arrivalsMs: [atMs] }
}

async function untilOrAbort(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  await Promise.race([promise, aborted])
}
