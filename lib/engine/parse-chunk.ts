import type { WireMetrics, WireUsage } from './wire'

/** What one event of a stream says, of any OpenAI-compatible server; absent fields were not sent. */
export type ParsedChunk = {
  reasoning: string
  text: string
  /** Of tool calls, which the events do not know: they only show that the engine lives. */
  toolCharacters: number
  role?: string
  finishReason?: string
  usage?: WireUsage
  metrics?: WireMetrics
  id?: string
  model?: string
  systemFingerprint?: string
}

export type ParsedEvent =
  | { kind: 'chunk'; chunk: ParsedChunk }
  /** The event itself, for toStreamErrorEvent. */
  | { kind: 'error'; event: unknown }
  | { kind: 'malformed' }

export function parseChunk(data: string): ParsedEvent {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return { kind: 'malformed' }
  }
  if (!isObject(value)) return { kind: 'malformed' }
  const isFault = (value.error ?? undefined) !== undefined || value.object === 'error'
  if (isFault) return { kind: 'error', event: value }
  return { kind: 'chunk', chunk: toChunk(value) }
}

function toChunk(value: Record<string, unknown>): ParsedChunk {
  const choice = firstChoice(value.choices)
  const delta = isObject(choice.delta) ? choice.delta : {}
  const content = toContent(delta.content)
  const reasoning = textOf(delta.reasoning_content) || textOf(delta.reasoning)
  return {
    reasoning: reasoning + content.reasoning,
    text: content.text + textOf(delta.refusal),
    toolCharacters: Array.isArray(delta.tool_calls) ? sizeOf(delta.tool_calls) : 0,
    ...texts({
      role: delta.role,
      finishReason: choice.finish_reason,
      id: value.id,
      model: value.model,
      systemFingerprint: value.system_fingerprint,
    }),
    ...toUsage(value.usage),
    ...toMetrics(value.metrics),
  }
}

/** One answer was asked for; a choice of another index is not ours. */
function firstChoice(choices: unknown): Record<string, unknown> {
  if (!Array.isArray(choices)) return {}
  const own = choices.find((choice) => isObject(choice) && (choice.index ?? 0) === 0)
  return isObject(own) ? own : {}
}

/** Text, or the list of parts that some servers send. */
function toContent(content: unknown): { text: string; reasoning: string } {
  if (!Array.isArray(content)) return { text: textOf(content), reasoning: '' }
  let text = ''
  let reasoning = ''
  for (const part of content) {
    if (!isObject(part)) continue
    if (part.type === 'text') text += textOf(part.text)
    if (part.type === 'thinking') reasoning += toContent(part.thinking).text
  }
  return { text, reasoning }
}

function toUsage(usage: unknown): { usage?: WireUsage } {
  if (!isObject(usage)) return {}
  const { prompt_tokens: prompt, completion_tokens: completion } = usage
  if (!isCount(prompt) || !isCount(completion)) return {}
  const details = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {}
  return {
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      ...(isCount(details.cached_tokens)
        ? { prompt_tokens_details: { cached_tokens: details.cached_tokens } }
        : {}),
    },
  }
}

const METRICS = [
  'time_to_first_token_ms',
  'generation_time_ms',
  'queue_time_ms',
] as const satisfies readonly (keyof WireMetrics)[]

function toMetrics(metrics: unknown): { metrics?: WireMetrics } {
  if (!isObject(metrics)) return {}
  const found: WireMetrics = {}
  for (const name of METRICS) {
    const value = metrics[name]
    if (isCount(value)) found[name] = value
  }
  return { metrics: found }
}

const MAX_NAME_CHARACTERS = 300

function texts<Name extends string>(
  values: Readonly<Record<Name, unknown>>,
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  for (const name in values) {
    const value = values[name]
    if (typeof value === 'string' && value !== '') found[name] = value.slice(0, MAX_NAME_CHARACTERS)
  }
  return found
}

function sizeOf(toolCalls: readonly unknown[]): number {
  return toolCalls.length === 0 ? 0 : JSON.stringify(toolCalls).length
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
