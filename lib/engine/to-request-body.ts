import type { Sampling } from '@/lib/domain/sampling'
import type { WireChatRequest, WireMessage } from './wire'

/** The body of a chat completion as `streamCompletion` sends it, for showing: the same fields in the same order. */
export function toRequestBody({
  model,
  messages,
  sampling = {},
}: {
  model: string
  messages: readonly WireMessage[]
  sampling?: Sampling
}): WireChatRequest {
  const { maxTokens, temperature, topP, topK, minP, seed, stop } = sampling
  const { presencePenalty, frequencyPenalty, repetitionPenalty } = sampling
  return {
    model,
    messages: [...messages],
    stream: true,
    stream_options: { include_usage: true },
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(minP === undefined ? {} : { min_p: minP }),
    ...(presencePenalty === undefined ? {} : { presence_penalty: presencePenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequency_penalty: frequencyPenalty }),
    ...(repetitionPenalty === undefined ? {} : { repetition_penalty: repetitionPenalty }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
  }
}
