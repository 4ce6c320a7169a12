import { createOpenAICompatible, type MetadataExtractor } from '@ai-sdk/openai-compatible'
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type LanguageModelMiddleware, wrapLanguageModel } from 'ai'
import type { CompletionCall } from './create-completion-call'
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
  'continue_final_message',
  'add_generation_prompt',
] as const

/** The SDK's client for one call; its deltas carry their arrivals. */
export function createChatModel(options: {
  baseUrl: string
  apiKey?: string
  modelId: string
  fetch: typeof globalThis.fetch
  call: CompletionCall
}): LanguageModelV4 {
  const { baseUrl, apiKey, modelId, fetch, call } = options
  const provider = createOpenAICompatible({
    name: PROVIDER,
    baseURL: baseUrl,
    ...(apiKey === undefined ? {} : { apiKey }),
    includeUsage: true,
    fetch,
    metadataExtractor,
    transformRequestBody: pickSentFields,
  })
  return wrapLanguageModel({
    model: provider.chatModel(modelId),
    middleware: createTimingMiddleware(call),
  })
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

/** Puts the arrivals, which the fetch took before it merged, onto the deltas that came of it. */
function createTimingMiddleware(call: CompletionCall): LanguageModelMiddleware {
  return {
    specificationVersion: 'v4',
    async wrapStream({ doStream }) {
      const result = await doStream()
      const reader = result.stream.getReader()
      const stream = new ReadableStream<LanguageModelV4StreamPart>(
        {
          async pull(controller) {
            const { done, value } = await reader.read()
            if (done) controller.close()
            else controller.enqueue(withArrivals(value, call))
          },
          cancel: (reason) => reader.cancel(reason),
        },
        { highWaterMark: 0 },
      )
      return { ...result, stream }
    },
  }
}

function withArrivals(part: LanguageModelV4StreamPart, call: CompletionCall) {
  if (part.type !== 'text-delta' && part.type !== 'reasoning-delta') return part
  const arrivalsMs = call.arrivalsMs.shift() ?? []
  return { ...part, providerMetadata: { [PROVIDER]: { arrivalsMs: [...arrivalsMs] } } }
}
