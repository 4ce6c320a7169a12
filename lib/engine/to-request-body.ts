import type { Sampling } from '@/lib/domain/sampling'
import type { WireChatRequest, WireMessage } from './wire'

type Body = WireChatRequest & { continue_final_message?: boolean; add_generation_prompt?: boolean }

/** The body of a chat completion as `streamCompletion` sends it, for showing: the same fields in the same order. */
export function toRequestBody({
  model,
  messages,
  sampling = {},
  isContinuation = false,
}: {
  model: string
  messages: readonly WireMessage[]
  sampling?: Sampling
  isContinuation?: boolean
}): Body {
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
    ...(isContinuation ? { continue_final_message: true, add_generation_prompt: false } : {}),
  }
}
