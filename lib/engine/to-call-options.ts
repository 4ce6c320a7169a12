import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider'
import type { Sampling } from '@/lib/domain/sampling'
import type { CompletionRequest } from './completion'
import { PROVIDER } from './read-engine-facts'
import { toRequestHeaders } from './to-request-headers'
import type { WireMessage } from './wire'

type Body = Record<string, number | boolean>

/** The request in the SDK's words; what it has no word for, it passes on as it is. */
export function toCallOptions(request: CompletionRequest): LanguageModelV4CallOptions {
  const { sampling = {} } = request
  return {
    prompt: request.messages.map(toPromptMessage),
    ...toSettings(sampling),
    providerOptions: { [PROVIDER]: toExtraFields(request) },
    headers: toRequestHeaders(request),
  }
}

function toPromptMessage(message: WireMessage): LanguageModelV4Message {
  const { role, content, reasoning_content: reasoning } = message
  if (role === 'system') return { role, content }
  if (role === 'user') return { role, content: [{ type: 'text', text: content }] }
  const thought = reasoning === undefined ? [] : [{ type: 'reasoning' as const, text: reasoning }]
  return { role, content: [...thought, { type: 'text', text: content }] }
}

function toSettings(sampling: Sampling): Partial<LanguageModelV4CallOptions> {
  const { temperature, topP, presencePenalty, frequencyPenalty, maxTokens, seed, stop } = sampling
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(presencePenalty === undefined ? {} : { presencePenalty }),
    ...(frequencyPenalty === undefined ? {} : { frequencyPenalty }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stopSequences: stop }),
  }
}

function toExtraFields(request: CompletionRequest): Body {
  const { topK, minP, repetitionPenalty } = request.sampling ?? {}
  return {
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(minP === undefined ? {} : { min_p: minP }),
    ...(repetitionPenalty === undefined ? {} : { repetition_penalty: repetitionPenalty }),
    ...(request.isEndIgnored ? { ignore_eos: true } : {}),
    ...(request.isContinuation
      ? { continue_final_message: true, add_generation_prompt: false }
      : {}),
  }
}
