import { AppError } from '@/lib/domain/error'
import type { WireMessage } from '@/lib/engine/wire'
import type { TipsRun } from './tips-ports'

export type Asked = {
  /** Sent → first token, by our clock. */
  ttftMs: number
  /** The engine's own, from scheduling to the first token; absent where it does not tell. */
  engineTtftMs?: number
  latencyMs: number
  completionTokens: number
  sentAtMs: number
  /** Of each delta, by our clock. */
  arrivalsMs: number[]
}

/**
 * One question, streamed and read to its end: as many tokens as may be, whatever the model would say.
 * @throws {AppError} an engine_* code; the signal's reason when the run is cancelled.
 */
export async function askEngine({
  run,
  messages,
  maxTokens,
  onDelta,
}: {
  run: TipsRun
  messages: readonly WireMessage[]
  maxTokens: number
  onDelta?: (count: number) => void
}): Promise<Asked> {
  const { engine, model, signal, now = () => performance.now() } = run.ports
  const arrivalsMs: number[] = []
  let sentAtMs: number | undefined
  let endedAtMs: number | undefined
  let completionTokens: number | undefined
  let engineTtftMs: number | undefined
  const stream = engine.streamCompletion({
    model,
    messages,
    sampling: { temperature: 0, maxTokens },
    isEndIgnored: true,
    signal,
  })
  for await (const event of stream) {
    if (event.type === 'sent') sentAtMs = event.atMs
    else if (event.type === 'finish') {
      endedAtMs = now()
      completionTokens = event.usage?.completionTokens
      engineTtftMs = event.engine?.prefillMs
    } else {
      arrivalsMs.push(...event.arrivalsMs)
      onDelta?.(arrivalsMs.length)
    }
  }
  // A model whose first token is its last one says nothing: that token came with the end.
  const first = arrivalsMs[0] ?? endedAtMs
  const last = arrivalsMs.at(-1) ?? endedAtMs
  if (sentAtMs === undefined || first === undefined || last === undefined) {
    throw new AppError('engine_empty')
  }
  const tokens = completionTokens ?? arrivalsMs.length
  run.tally.requests += 1
  run.tally.completionTokens += tokens
  run.onAnswer()
  return {
    ttftMs: first - sentAtMs,
    ...(engineTtftMs === undefined ? {} : { engineTtftMs }),
    latencyMs: last - sentAtMs,
    completionTokens: tokens,
    sentAtMs,
    arrivalsMs,
  }
}

/** All at once; when one fails or the run is cancelled, all are given up. */
export async function askTogether({
  count,
  ask,
}: {
  count: number
  ask: (index: number) => Promise<Asked>
}): Promise<{ answers: Asked[]; tokensPerSecond: number }> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => ask(index)))
  return { answers, tokensPerSecond: toTokensPerSecond(answers) }
}

/** From the first request sent to the last token received. */
export function toTokensPerSecond(answers: readonly Asked[]): number {
  const startMs = Math.min(...answers.map(({ sentAtMs }) => sentAtMs))
  const endMs = Math.max(...answers.map(({ sentAtMs, latencyMs }) => sentAtMs + latencyMs))
  const tokens = answers.reduce((sum, { completionTokens }) => sum + completionTokens, 0)
  return (tokens * 1000) / Math.max(1, endMs - startMs)
}
