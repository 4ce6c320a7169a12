import type { EngineCounters } from './engine-counters.ts'
import type { LoadedModel } from './load-model.ts'
import type { RequestQueue } from './request-queue.ts'
import type { SamplingDefaults } from './weights.ts'

/** What the routes work on once the model is loaded. */
export type ServedEngine = {
  modelId: string
  modelPath: string
  fingerprint: string
  loaded: LoadedModel
  queue: RequestQueue
  counters: EngineCounters
  defaults: SamplingDefaults
  createdSeconds: number
}

/** Exactly the tokens that the model is given: special tokens in the text count as such, as in vLLM. */
export function tokenizePrompt({ loaded, text }: { loaded: LoadedModel; text: string }): number[] {
  const { model } = loaded
  const tokens = model.tokenize(text, true)
  const { bos, shouldPrependBosToken } = model.tokens
  return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens
}
