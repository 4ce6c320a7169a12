import type { ReplyTiming } from '@/lib/domain/reply-timing'

/** Time per output token after the first one, in ms, as `vllm bench serve` defines it; only with ≥ 2 tokens. */
export function toTpotMs(timing: ReplyTiming): number | undefined {
  const { e2elMs, ttftMs, completionTokens } = timing
  if (ttftMs === undefined || completionTokens === undefined || completionTokens < 2)
    return undefined
  return (e2elMs - ttftMs) / (completionTokens - 1)
}
