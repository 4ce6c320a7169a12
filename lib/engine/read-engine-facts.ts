import type { SharedV4ProviderMetadata } from '@ai-sdk/provider'
import type { CompletionUsage, EngineDurations } from './completion'

/** The key of all that is ours in the SDK's parts. */
export const PROVIDER = 'vllm'

/** What the engine says of itself beside the answer, as the SDK carries it. */
export type EngineFacts = {
  completionId?: string
  model?: string
  systemFingerprint?: string
  queueMs?: number
  prefillMs?: number
  decodeMs?: number
}

export function readChunkFacts(chunk: unknown): EngineFacts {
  const metrics = fieldOf(chunk, 'metrics')
  return {
    ...textOf('completionId', fieldOf(chunk, 'id')),
    ...textOf('model', fieldOf(chunk, 'model')),
    ...textOf('systemFingerprint', fieldOf(chunk, 'system_fingerprint')),
    ...countOf('queueMs', fieldOf(metrics, 'queue_time_ms')),
    ...countOf('prefillMs', fieldOf(metrics, 'time_to_first_token_ms')),
    ...countOf('decodeMs', fieldOf(metrics, 'generation_time_ms')),
  }
}

/** The same, out of the part that ends the SDK's stream. */
export function readFinishFacts(metadata: SharedV4ProviderMetadata | undefined): {
  engine?: EngineDurations
  model?: string
  completionId?: string
  systemFingerprint?: string
} {
  const facts = metadata?.[PROVIDER]
  const engine: EngineDurations = {
    ...countOf('queueMs', facts?.queueMs),
    ...countOf('prefillMs', facts?.prefillMs),
    ...countOf('decodeMs', facts?.decodeMs),
  }
  return {
    ...(Object.keys(engine).length === 0 ? {} : { engine }),
    ...textOf('model', facts?.model),
    ...textOf('completionId', facts?.completionId),
    ...textOf('systemFingerprint', facts?.systemFingerprint),
  }
}

/** Of the usage as the engine sent it: the SDK makes 0 of a count that is not reported. */
export function readUsage(usage: unknown): CompletionUsage | undefined {
  const promptTokens = fieldOf(usage, 'prompt_tokens')
  const completionTokens = fieldOf(usage, 'completion_tokens')
  if (!isCount(promptTokens) || !isCount(completionTokens)) return undefined
  const cachedTokens = fieldOf(fieldOf(usage, 'prompt_tokens_details'), 'cached_tokens')
  return { promptTokens, completionTokens, ...countOf('cachedTokens', cachedTokens) }
}

function fieldOf(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined
  return Reflect.get(holder, name)
}

function textOf<Name extends string>(name: Name, value: unknown): { [K in Name]?: string } {
  if (typeof value !== 'string' || value === '') return {}
  const found: { [K in Name]?: string } = {}
  found[name] = value
  return found
}

function countOf<Name extends string>(name: Name, value: unknown): { [K in Name]?: number } {
  if (!isCount(value)) return {}
  const found: { [K in Name]?: number } = {}
  found[name] = value
  return found
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
