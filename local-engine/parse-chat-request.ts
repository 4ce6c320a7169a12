import {
  type Body,
  readFlag,
  readNumber,
  readRanged,
  readTexts,
  readWholeNumbers,
  refuseUnsupported,
} from './body-reader.ts'
import type { TemplateRequest } from './chat-template.ts'
import { parseMessages } from './parse-messages.ts'
import type { SamplingDefaults } from './weights.ts'
import { parameterFault, WireFault } from './wire-fault.ts'

export type Sampling = {
  temperature: number
  topP: number
  topK: number
  minP: number
  presencePenalty: number
  frequencyPenalty: number
  repetitionPenalty: number
  seed?: number
}

export type ChatRequest = {
  template: TemplateRequest
  sampling: Sampling
  /** Never more than the context holds; absent: as much as that. */
  maxTokens?: number
  stops: string[]
  stopTokenIds: number[]
  isEosIgnored: boolean
  isStream: boolean
  isUsageIncluded: boolean
  isUsageContinuous: boolean
  areTokenIdsReturned: boolean
  isPromptTextReturned: boolean
}

const isTrue = (value: unknown) => value === true
const isSet = () => true
const isPositive = (value: unknown) => typeof value === 'number' && value > 0
const isNonEmpty = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0

/** What vLLM has and this engine has not: it is refused rather than ignored. */
const UNSUPPORTED: Record<string, (value: unknown) => boolean> = {
  n: (value) => value !== 1,
  logprobs: isTrue,
  top_logprobs: isPositive,
  prompt_logprobs: isSet,
  logit_bias: isNonEmpty,
  min_tokens: isPositive,
  bad_words: isNonEmpty,
  allowed_token_ids: isNonEmpty,
  use_beam_search: isTrue,
  include_stop_str_in_output: isTrue,
  skip_special_tokens: (value) => value === false,
  response_format: (value) => JSON.stringify(value) !== '{"type":"text"}',
  structured_outputs: isSet,
  truncate_prompt_tokens: isSet,
  chat_template: isSet,
  echo: isTrue,
}

/** @throws {WireFault} in vLLM's shape and, where it has one, its sentence. */
export function parseChatRequest(options: {
  body: Body
  modelId: string
  maxModelLen: number
  defaults: SamplingDefaults
}): ChatRequest {
  const { body, modelId, maxModelLen, defaults } = options
  refuseTools(body)
  refuseUnsupported({ body, isAskedFor: UNSUPPORTED })
  const isStream = readFlag({ body, name: 'stream' }) ?? false
  const template = parseTemplateRequest({ body, modelId })
  const maxTokens = readMaxTokens({ body, maxModelLen }) ?? defaults.maxTokens
  return {
    template,
    sampling: readSampling({ body, defaults }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    stops: readStops(body),
    stopTokenIds: readWholeNumbers({ body, name: 'stop_token_ids' }),
    isEosIgnored: readFlag({ body, name: 'ignore_eos' }) ?? false,
    isStream,
    ...readStreamOptions({ body, isStream }),
    areTokenIdsReturned: readFlag({ body, name: 'return_token_ids' }) ?? false,
    isPromptTextReturned: readFlag({ body, name: 'return_prompt_text' }) ?? false,
  }
}

/** Also what `/tokenize` takes. */
export function parseTemplateRequest(options: { body: Body; modelId: string }): TemplateRequest {
  const { body, modelId } = options
  const continueFinalMessage = readFlag({ body, name: 'continue_final_message' }) ?? false
  const addGenerationPrompt = readFlag({ body, name: 'add_generation_prompt' }) ?? true
  if (continueFinalMessage && addGenerationPrompt) {
    throw new WireFault({
      message:
        'Cannot set both `continue_final_message` and `add_generation_prompt` to True. (parameter=continue_final_message)',
      param: 'continue_final_message',
    })
  }
  const variables = body.chat_template_kwargs
  const isObject = typeof variables === 'object' && variables !== null
  return {
    messages: parseMessages({ body, modelId }),
    addGenerationPrompt,
    continueFinalMessage,
    ...(isObject ? { variables: { ...variables } } : {}),
  }
}

function refuseTools(body: Body): void {
  const { tools, tool_choice: choice } = body
  if (Array.isArray(tools) && tools.length === 0) {
    throw new WireFault({
      message: '`tools` must not be an empty array. (parameter=tools)',
      param: 'tools',
    })
  }
  if (tools === undefined || tools === null || choice === 'none') return
  throw new WireFault({
    message:
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
  })
}

function readSampling(options: { body: Body; defaults: SamplingDefaults }): Sampling {
  const { body, defaults } = options
  const ranged = (name: string, rule: string, isWithin: (value: number) => boolean) =>
    readRanged({ body, name, rule, isWithin })
  ranged('temperature', 'non-negative', (value) => value >= 0)
  const topK = readRanged({
    body,
    name: 'top_k',
    rule: '0 (disable), or at least 1',
    isWithin: (value) => value >= -1,
    isWhole: true,
  })
  const seed = readNumber({ body, name: 'seed', isWhole: true })
  const isPenalty = (value: number) => value >= -2 && value <= 2
  return {
    temperature: ranged('temperature', 'in [0, 2]', (value) => value <= 2) ?? defaults.temperature,
    topP: ranged('top_p', 'in (0, 1]', (value) => value > 0 && value <= 1) ?? defaults.topP,
    topK: Math.max(0, topK ?? 0),
    minP: ranged('min_p', 'in [0, 1]', (value) => value >= 0 && value <= 1) ?? 0,
    presencePenalty: ranged('presence_penalty', 'in [-2, 2]', isPenalty) ?? 0,
    frequencyPenalty:
      ranged('frequency_penalty', 'in [-2, 2]', isPenalty) ?? defaults.frequencyPenalty ?? 0,
    repetitionPenalty: ranged('repetition_penalty', 'greater than zero', (value) => value > 0) ?? 1,
    ...(seed === undefined ? {} : { seed }),
  }
}

function readMaxTokens(options: { body: Body; maxModelLen: number }): number | undefined {
  const { body, maxModelLen } = options
  const isNew = body.max_completion_tokens !== undefined && body.max_completion_tokens !== null
  const read = readNumber({
    body,
    name: isNew ? 'max_completion_tokens' : 'max_tokens',
    isWhole: true,
  })
  if (read !== undefined && read > maxModelLen) {
    throw parameterFault({
      message: `max_tokens=${read} cannot be greater than max_model_len=${maxModelLen}. Please request fewer output tokens.`,
      param: 'max_tokens',
      value: read,
    })
  }
  if (read !== undefined && read < 1) throw tooFewTokens(read)
  return read
}

/** Also what a prompt gets that fills the context to the last token. */
export function tooFewTokens(maxTokens: number): WireFault {
  return parameterFault({
    message: `max_tokens must be at least 1, got ${maxTokens}.`,
    param: 'max_tokens',
    value: maxTokens,
  })
}

function readStops(body: Body): string[] {
  const stops = readTexts({ body, name: 'stop' })
  if (!stops.includes('')) return stops
  throw new WireFault({
    message: 'stop cannot contain an empty string. (parameter=stop)',
    param: 'stop',
  })
}

function readStreamOptions(options: {
  body: Body
  isStream: boolean
}): Pick<ChatRequest, 'isUsageIncluded' | 'isUsageContinuous'> {
  const { body, isStream } = options
  const told = body.stream_options
  if (told === undefined || told === null)
    return { isUsageIncluded: false, isUsageContinuous: false }
  if (!isStream) {
    throw new WireFault({
      message: 'Stream options can only be defined when `stream=True`. (parameter=stream_options)',
      param: 'stream_options',
    })
  }
  const fields: Body = typeof told === 'object' ? { ...told } : {}
  const isUsageIncluded = readFlag({ body: fields, name: 'include_usage' }) ?? false
  const isContinuous = readFlag({ body: fields, name: 'continuous_usage_stats' }) ?? false
  return { isUsageIncluded, isUsageContinuous: isUsageIncluded && isContinuous }
}
