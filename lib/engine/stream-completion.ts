import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { AppError, findAppError } from '@/lib/domain/error'
import type { FinishReason } from '@/lib/domain/message'
import type { CompletionEvent, CompletionRequest } from './completion'
import type { ChatModel } from './create-chat-model'
import {
  type CompletionCall,
  createCompletionCall,
  type StreamLoad,
} from './create-completion-call'
import type { Schedule } from './create-silence-watch'
import { createStreamFetch } from './create-stream-fetch'
import type { EngineFetch } from './engine-http'
import { readFinishFacts, readUsage } from './read-engine-facts'
import type { EngineMetrics } from './read-metrics'
import { toSafeReason } from './safe-reason'
import { toCallOptions } from './to-call-options'

export type StreamContext = {
  model: ChatModel
  apiKey?: string
  fetch: EngineFetch
  now: () => number
  /** One for all streams of the engine. */
  load: StreamLoad
  /** Silence between tokens. */
  stallMs: number
  /** Silence before the first one, where the engine has no metrics. */
  firstTokenMs?: number
  /** What may follow the last one. */
  settleMs?: number
  maxCharacters?: number
  schedule?: Schedule
  /** Asked in silence only. */
  look?: () => Promise<EngineMetrics | undefined>
  /** Asked once a stream was cut. */
  isDead?: (signal: AbortSignal) => Promise<boolean>
}

/**
 * One chat completion, never repeated. The request goes out with the first `next()`. Stops at once,
 * before headers too, when the signal aborts; leaving the loop closes the socket as well.
 * @throws {AppError} an engine_* code, behind all that came before it; the signal's reason when the caller aborted.
 */
export async function* streamCompletion(
  request: CompletionRequest,
  context: StreamContext,
): AsyncGenerator<CompletionEvent, void, undefined> {
  const { signal } = request
  signal.throwIfAborted()
  const call = createCompletionCall({ ...context, signal })
  context.load.active += 1
  try {
    const started = startStream({ request, context, call })
    started.catch(() => {})
    const first = await Promise.race([call.sent, started])
    if (typeof first === 'number') yield { type: 'sent', atMs: first }
    const reader = await started
    for (;;) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) break
      const event = toEvent(value, call)
      if (event !== undefined) yield event
    }
    if (call.failure !== undefined) throw call.failure
  } catch (error) {
    throw await explain({ error, signal, context, call })
  } finally {
    context.load.active -= 1
    call.release()
  }
}

async function startStream(options: {
  request: CompletionRequest
  context: StreamContext
  call: CompletionCall
}): Promise<ReadableStreamDefaultReader<LanguageModelV4StreamPart>> {
  const { request, context, call } = options
  const { maxTokens } = request.sampling ?? {}
  const { maxCharacters } = context
  const limits = {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxCharacters === undefined ? {} : { maxCharacters }),
  }
  const fetch = createStreamFetch({ ...context, call, limits })
  const sent = { ...toCallOptions(request), modelId: request.model, fetch }
  const { stream } = await context.model.doStream(sent)
  return stream.getReader()
}

function toEvent(
  part: LanguageModelV4StreamPart,
  call: CompletionCall,
): CompletionEvent | undefined {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta': {
      const { type, delta } = part
      return { type, delta, arrivalsMs: call.arrivalsMs.shift() ?? [] }
    }
    case 'error':
      // Without a failure of ours it is about a chunk that we wrote ourselves.
      call.fail(new AppError('engine_malformed'))
      return undefined
    case 'finish': {
      if (call.failure !== undefined) return undefined
      const usage = readUsage(part.usage.raw)
      return {
        type: 'finish',
        finishReason: toFinishReason(part.finishReason.raw),
        ...(usage === undefined ? {} : { usage }),
        ...readFinishFacts(part.providerMetadata),
      }
    }
    default:
      return undefined
  }
}

const FINISH_REASONS: ReadonlySet<string> = new Set<FinishReason>([
  'stop',
  'length',
  'tool_calls',
  'abort',
  'error',
  'repetition',
])

function isFinishReason(reason: string): reason is FinishReason {
  return FINISH_REASONS.has(reason)
}

function toFinishReason(reason: string | undefined): FinishReason {
  return reason !== undefined && isFinishReason(reason) ? reason : 'unknown'
}

/** A cut says nothing of its cause; whether the engine is still there does. */
async function explain(options: {
  error: unknown
  signal: AbortSignal
  context: StreamContext
  call: CompletionCall
}): Promise<unknown> {
  const { error, signal, context, call } = options
  if (signal.aborted) return signal.reason
  const failure = call.failure ?? findAppError(error) ?? toUnexpected(error, context.apiKey)
  if (failure.code !== 'engine_stream_cut' || context.isDead === undefined) return failure
  const isDead = await context.isDead(signal).catch(() => false)
  if (signal.aborted) return signal.reason
  return isDead ? new AppError('engine_died', { cause: failure }) : failure
}

/** Without the SDK's error itself: it holds the whole prompt. */
function toUnexpected(error: unknown, apiKey: string | undefined): AppError {
  const reason = error instanceof Error ? toSafeReason(error.message, apiKey) : undefined
  return new AppError('engine_malformed', { cause: new Error(reason ?? 'no reason given') })
}
