import type { Reply } from '@/lib/domain/message'
import type { Sampling } from '@/lib/domain/sampling'
import type { TraceSpan } from '@/lib/domain/trace-span'
import type { RunMarks } from './run-observer'
import { toTraceContext } from './to-trace-context'

type Attributes = TraceSpan['attributes']

/**
 * A reply as spans with OpenTelemetry's names for generative AI: the call, and under it what of its
 * time is known. None of an untraced run or of one that was never sent. No text is in them.
 */
export function toReplySpans({
  reply,
  marks,
  server,
}: {
  reply: Reply
  marks: RunMarks
  /** Of the engine. */
  server: { address: string; port: number }
}): TraceSpan[] {
  const context = toTraceContext(reply)
  const { timing } = reply
  if (context === undefined || timing === undefined || marks.sentMs === undefined) return []
  const { traceId, spanId } = context
  const startMs = reply.createdAtMs
  const call: TraceSpan = {
    traceId,
    spanId,
    name: `chat ${marks.model}`,
    kind: 'client',
    startMs,
    endMs: startMs + timing.e2elMs,
    attributes: toAttributes({ reply, marks, server }),
    ...(reply.error === undefined ? {} : { errorCode: reply.error.code }),
  }
  const parts = toParts(reply).map(({ name, fromMs, durationMs }, index): TraceSpan => {
    return {
      traceId,
      spanId: toPartId(spanId, index + 1),
      parentSpanId: spanId,
      name,
      kind: 'internal',
      startMs: startMs + fromMs,
      endMs: startMs + fromMs + durationMs,
      attributes: {},
    }
  })
  return [call, ...parts]
}

/** One after the other, as far as the engine tells them: before the first token, and after it. */
function toParts({ timing }: Reply): { name: string; fromMs: number; durationMs: number }[] {
  const { overheadMs = 0, queueMs, prefillMs, ttftMs, decodeMs } = timing ?? {}
  const prefillFromMs = overheadMs + (queueMs ?? 0)
  return [
    { name: 'overhead', fromMs: 0, durationMs: timing?.overheadMs },
    { name: 'queue', fromMs: overheadMs, durationMs: queueMs },
    { name: 'prefill', fromMs: prefillFromMs, durationMs: prefillMs },
    {
      name: 'decode',
      fromMs: ttftMs ?? 0,
      durationMs: ttftMs === undefined ? undefined : decodeMs,
    },
  ].flatMap(({ durationMs, ...part }) =>
    durationMs === undefined ? [] : [{ ...part, durationMs }],
  )
}

/** Sixteen hex digits that differ from the call's and from each other's: its first one moves on. */
function toPartId(spanId: string, number: number): string {
  const first = (Number.parseInt(spanId.slice(0, 1), 16) + number) % 16
  return `${first.toString(16)}${spanId.slice(1)}`
}

function toAttributes(options: {
  reply: Reply
  marks: RunMarks
  server: { address: string; port: number }
}): Attributes {
  const { reply, marks, server } = options
  const { timing, status, finishReason } = reply
  return defined({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'vllm',
    'gen_ai.conversation.id': reply.threadId,
    'gen_ai.output.type': 'text',
    'gen_ai.request.model': marks.model,
    'gen_ai.response.model': marks.finish?.model,
    'gen_ai.response.id': marks.finish?.completionId,
    'gen_ai.response.finish_reasons': finishReason === undefined ? undefined : [finishReason],
    'gen_ai.usage.input_tokens': timing?.promptTokens,
    'gen_ai.usage.output_tokens': timing?.completionTokens,
    'gen_ai.usage.cache_read.input_tokens': timing?.cachedTokens,
    'gen_ai.server.time_to_first_token': toSeconds(timing?.ttftMs),
    'gen_ai.latency.time_in_queue': toSeconds(timing?.queueMs),
    'server.address': server.address,
    'server.port': server.port,
    'error.type': reply.error?.code,
    'first_token.status': status,
    'first_token.message.id': reply.id,
    'first_token.run.id': reply.runId,
    ...toSamplingAttributes(marks.sampling),
  })
}

function toSamplingAttributes(sampling: Sampling) {
  return {
    'gen_ai.request.temperature': sampling.temperature,
    'gen_ai.request.top_p': sampling.topP,
    'gen_ai.request.top_k': sampling.topK,
    'gen_ai.request.max_tokens': sampling.maxTokens,
    'gen_ai.request.frequency_penalty': sampling.frequencyPenalty,
    'gen_ai.request.presence_penalty': sampling.presencePenalty,
    'gen_ai.request.seed': sampling.seed,
    'gen_ai.request.stop_sequences': sampling.stop,
  }
}

function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}

function defined(values: Record<string, Attributes[string] | undefined>): Attributes {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Attributes[string]] => {
      return entry[1] !== undefined
    }),
  )
}
