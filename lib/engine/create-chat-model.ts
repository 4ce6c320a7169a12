import { AsyncLocalStorage } from 'node:async_hooks'
import { createOpenAICompatible, type MetadataExtractor } from '@ai-sdk/openai-compatible'
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import { type EngineFacts, PROVIDER, readChunkFacts } from './read-engine-facts'

/** All that is ever sent; the SDK or an option of it may add what an engine takes for something else. */
const SENT_FIELDS = [
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
  'seed',
  'stop',
  'ignore_eos',
  'continue_final_message',
  'add_generation_prompt',
] as const

export type ChatModel = {
  /** One request, sent by the `fetch` it comes with. */
  doStream(
    request: LanguageModelV4CallOptions & { modelId: string; fetch: typeof globalThis.fetch },
  ): Promise<{ stream: ReadableStream<LanguageModelV4StreamPart> }>
}

/** More names than one engine serves. */
const MAX_MODELS = 32

/**
 * The SDK's client, one for all calls: with each of its own models comes a schema that is compiled at its
 * first chunk, which is before the first token.
 */
export function createChatModel(options: { baseUrl: string; apiKey?: string }): ChatModel {
  const { baseUrl, apiKey } = options
  const calls = new AsyncLocalStorage<typeof globalThis.fetch>()
  const provider = createOpenAICompatible({
    name: PROVIDER,
    baseURL: baseUrl,
    ...(apiKey === undefined ? {} : { apiKey }),
    includeUsage: true,
    fetch: (input, init) => {
      const fetch = calls.getStore()
      if (fetch === undefined) throw new Error('a request outside of its call')
      return fetch(input, init)
    },
    metadataExtractor,
    transformRequestBody: pickSentFields,
  })
  const models = new Map<string, LanguageModelV4>()
  const modelOf = (id: string) => {
    const known = models.get(id)
    if (known !== undefined) return known
    if (models.size >= MAX_MODELS) models.clear()
    const model = provider.chatModel(id)
    models.set(id, model)
    return model
  }
  return {
    doStream: ({ modelId, fetch, ...call }) =>
      calls.run(fetch, async () => await modelOf(modelId).doStream(call)),
  }
}

function pickSentFields(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    SENT_FIELDS.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])),
  )
}

/** The engine's own words, which the SDK knows no place for. */
const metadataExtractor: MetadataExtractor = {
  extractMetadata: async () => undefined,
  createStreamExtractor() {
    let found: EngineFacts = {}
    return {
      processChunk(chunk) {
        found = { ...found, ...readChunkFacts(chunk) }
      },
      buildMetadata: () => ({ [PROVIDER]: found }),
    }
  },
}
