import type { WireUsage } from '../../lib/engine/wire.ts'
import type { Step } from './build-answer.ts'
import { formatPythonFloat } from './python-text.ts'
import type { Generation, GenerationTimes } from './run-generation.ts'
import type { RequestScenario } from './scenario.ts'

export type ChunkHead = { id: string; created: number; model: string; fingerprint: string }

function toHead(head: ChunkHead) {
  const { id, created, model } = head
  return { id, object: 'chat.completion.chunk', created, model }
}

export type PromptEcho = { prompt_token_ids: readonly number[] | null; prompt_text: string | null }

function toRunningUsage(options: { promptTokens: number; completionTokens: number }) {
  const { promptTokens, completionTokens } = options
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
    completion_tokens_details: null,
  }
}

export function buildRoleChunk(options: {
  head: ChunkHead
  echo: PromptEcho
  usageFor: number | undefined
}): string {
  const { head, echo, usageFor } = options
  const delta = { role: 'assistant', content: '' }
  return JSON.stringify({
    ...toHead(head),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
    ...(usageFor === undefined
      ? {}
      : { usage: toRunningUsage({ promptTokens: usageFor, completionTokens: 0 }) }),
    ...echo,
  })
}

export function buildTokenChunk(options: {
  head: ChunkHead
  step: Step
  reasoningField: RequestScenario['reasoningField']
  tokenIds: number[] | null
  finish: { finishReason: string; stopReason: string | null } | undefined
  usage: { promptTokens: number; completionTokens: number } | undefined
  hasFingerprint: boolean
}): string {
  const { head, step, finish, usage } = options
  const field = step.isReasoning ? options.reasoningField : 'content'
  const choice = {
    index: 0,
    delta: { [field]: step.text },
    logprobs: null,
    finish_reason: finish?.finishReason ?? null,
    ...(finish === undefined ? {} : { stop_reason: finish.stopReason }),
    token_ids: options.tokenIds,
  }
  return JSON.stringify({
    ...toHead(head),
    choices: [choice],
    ...(usage === undefined ? {} : { usage: toRunningUsage(usage) }),
    ...(options.hasFingerprint ? { system_fingerprint: head.fingerprint } : {}),
  })
}

/** The engine's own times of one request, each absent where it has no meaning. */
function toMetrics(options: { times: GenerationTimes; tokens: number }) {
  const { times, tokens } = options
  const generationMs = times.lastTokenAtMs - times.firstTokenAtMs
  const inferenceMs = times.lastTokenAtMs - times.scheduledAtMs
  return {
    time_to_first_token_ms: times.firstTokenAtMs - times.scheduledAtMs,
    generation_time_ms: generationMs,
    queue_time_ms: times.scheduledAtMs - times.queuedAtMs,
    mean_itl_ms: tokens > 1 ? generationMs / (tokens - 1) : null,
    tokens_per_second: inferenceMs > 0 ? (tokens / inferenceMs) * 1000 : null,
  }
}

function formatMetrics(options: { generation: Generation; withNulls: boolean }): string {
  const { generation, withNulls } = options
  const metrics = toMetrics({
    times: generation.times,
    tokens: generation.answer.steps.length,
  })
  const fields = Object.entries(metrics)
    .filter(([, value]) => withNulls || value !== null)
    .map(([name, value]) => `"${name}":${value === null ? 'null' : formatPythonFloat(value)}`)
  if (withNulls) fields.push('"speculative_decoding":null')
  return `{${fields.join(',')}}`
}

function toUsage(options: { generation: Generation; scenario: RequestScenario }): WireUsage {
  const { generation, scenario } = options
  const completionTokens = generation.answer.steps.length
  return {
    prompt_tokens: generation.promptTokens,
    total_tokens: generation.promptTokens + completionTokens,
    completion_tokens: completionTokens,
    ...(scenario.includeCachedTokens
      ? {
          prompt_tokens_details: {
            cached_tokens: generation.cachedTokens,
            created_cache_tokens: generation.createdCacheTokens,
          },
        }
      : {}),
  }
}

export function buildUsageChunk(options: {
  head: ChunkHead
  generation: Generation
  scenario: RequestScenario
}): string {
  const { head, generation, scenario } = options
  const chunk = JSON.stringify({
    ...toHead(head),
    choices: [],
    usage: toUsage({ generation, scenario }),
    system_fingerprint: head.fingerprint,
  })
  if (!scenario.includeMetrics) return chunk
  return `${chunk.slice(0, -1)},"metrics":${formatMetrics({ generation, withNulls: false })}}`
}

/** The body of an answer that is not streamed. */
export function buildCompletion(options: {
  head: ChunkHead
  generation: Generation
  scenario: RequestScenario
  echo: PromptEcho
  withTokenIds: boolean
}): string {
  const { head, generation, scenario, echo } = options
  const { steps, finishReason, stopReason } = generation.answer
  const join = (isReasoning: boolean) =>
    steps
      .filter((step) => step.isReasoning === isReasoning)
      .map((step) => step.text)
      .join('')
  const reasoning = join(true)
  const message = {
    role: 'assistant',
    content: join(false),
    refusal: null,
    annotations: null,
    audio: null,
    function_call: null,
    [scenario.reasoningField]: reasoning === '' ? null : reasoning,
  }
  const choice = {
    index: 0,
    message,
    logprobs: null,
    finish_reason: finishReason,
    stop_reason: stopReason,
    token_ids: options.withTokenIds ? steps.map((step) => step.tokenId) : null,
    routed_experts: null,
  }
  const usage = toUsage({ generation, scenario })
  const details = usage.prompt_tokens_details
  const body = JSON.stringify({
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [choice],
    service_tier: null,
    system_fingerprint: head.fingerprint,
    ...(scenario.includeUsage
      ? {
          usage: {
            ...usage,
            prompt_tokens_details: details ? { ...details, multimodal_tokens: null } : null,
            completion_tokens_details: null,
          },
        }
      : {}),
    prompt_logprobs: null,
    ...echo,
    kv_transfer_params: null,
    ec_transfer_params: null,
  })
  const metrics = scenario.includeMetrics ? formatMetrics({ generation, withNulls: true }) : 'null'
  return `${body.slice(0, -1)},"metrics":${metrics}}`
}
