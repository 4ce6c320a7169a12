import type { UpstreamCall } from '@/lib/domain/reply-trace'
import type { CompletionEvent, CompletionRequest } from '@/lib/engine/completion'
import type { TipsPorts } from './tips-ports'

/** The same engine, with each of its answers entered in the book of all calls. */
export function enterStreams({
  engine,
  enter,
  wallNow = Date.now,
}: {
  engine: TipsPorts['engine']
  enter: (call: Omit<UpstreamCall, 'id'>) => void
  wallNow?: () => number
}): TipsPorts['engine'] {
  async function* streamCompletion(request: CompletionRequest): AsyncGenerator<CompletionEvent> {
    const startedAtMs = wallNow()
    let outcome: UpstreamCall['outcome'] = 'failed'
    let usage: { promptTokens?: number; completionTokens?: number } = {}
    try {
      for await (const event of engine.streamCompletion(request)) {
        if (event.type === 'finish') {
          outcome = 'ok'
          const { promptTokens, completionTokens } = event.usage ?? {}
          usage = {
            ...(promptTokens === undefined ? {} : { promptTokens }),
            ...(completionTokens === undefined ? {} : { completionTokens }),
          }
        }
        yield event
      }
    } finally {
      if (request.signal.aborted) outcome = 'stopped'
      const durationMs = Math.max(0, wallNow() - startedAtMs)
      enter({
        kind: 'generation',
        cause: 'measurement',
        startedAtMs,
        durationMs,
        outcome,
        ...usage,
      })
    }
  }
  return { ...engine, streamCompletion }
}
