import { findJsonProblem } from './find-json-problem.ts'
import { formatPythonFloat, formatPythonValue } from './python-text.ts'
import type { ChatTurn } from './tokenizer.ts'
import { type Refusal, refuse, refuseInvalid, refuseValue } from './wire-error.ts'

export type ChatRequest = {
  model: string | undefined
  messages: ChatTurn[]
  isStream: boolean
  includesUsage: boolean
  continuousUsage: boolean
  maxTokens: number | undefined
  stop: string[]
  isContinuation: boolean
  ignoresEnd: boolean
  returnsTokenIds: boolean
  returnsPromptText: boolean
  addsGenerationPrompt: boolean
  /** The numbers that a model would heed. */
  sampling: Record<string, number | undefined>
}

/** Thrown where vLLM would answer with an error instead. */
export class RequestRefused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.body)
    this.refusal = refusal
  }
}

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describeInput(value: unknown): string {
  if (Array.isArray(value)) return `'<list of ${value.length} items>'`
  if (isObject(value)) return `'<dict of ${Object.keys(value).length} items>'`
  return `'${typeof value === 'string' ? value : formatPythonValue(value)}'`
}

/** The body as an object. @throws {RequestRefused} as FastAPI's validation does */
export function parseBody(options: { body: string; contentType: string | undefined }): JsonObject {
  const mediaType = options.contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (mediaType !== 'application/json') {
    const finding = "Unsupported Media Type: Only 'application/json' is allowed"
    throw new RequestRefused(refuseInvalid({ finding, param: null }))
  }
  if (options.body === '') {
    const finding = "{'type': 'missing', 'loc': 'body', 'msg': 'Field required', 'input': 'None'}"
    throw new RequestRefused(refuseInvalid({ finding, param: 'body' }))
  }
  const problem = findJsonProblem(options.body)
  if (problem !== undefined) {
    const quote = problem.message.includes("'") ? '"' : "'"
    const loc = `body.${problem.at}`
    const finding = `{'type': 'json_invalid', 'loc': '${loc}', 'msg': 'JSON decode error', 'input': '<dict of 0 items>', 'ctx': {'error': ${quote}${problem.message}${quote}}}`
    throw new RequestRefused(refuseInvalid({ finding, param: loc }))
  }
  const value: unknown = JSON.parse(options.body)
  if (isObject(value)) return value
  const finding = `{'type': 'model_attributes_type', 'loc': 'body', 'msg': 'Input should be a valid dictionary or object to extract fields from', 'input': ${describeInput(value)}}`
  throw new RequestRefused(refuseInvalid({ finding, param: 'body' }))
}

const FLOATS = [
  'frequency_penalty',
  'presence_penalty',
  'temperature',
  'top_p',
  'min_p',
  'repetition_penalty',
]
const INTEGERS = ['max_completion_tokens', 'max_tokens', 'n', 'seed', 'top_k', 'min_tokens']

function refuseNumber(options: { name: string; value: unknown; kind: 'float' | 'int' }): void {
  const { name, value, kind } = options
  if (value === undefined || value === null || typeof value === 'boolean') return
  const word = kind === 'float' ? 'number' : 'integer'
  const isText = typeof value === 'string'
  const isNumeric = isText && value.trim() !== '' && Number.isFinite(Number(value))
  if (isNumeric && (kind === 'float' || Number.isInteger(Number(value)))) return
  if (typeof value === 'number' && (kind === 'float' || Number.isInteger(value))) return
  const [type, message] = isText
    ? [
        `${kind}_parsing`,
        `Input should be a valid ${word}, unable to parse string as ${kind === 'int' ? 'an' : 'a'} ${word}`,
      ]
    : typeof value === 'number'
      ? ['int_from_float', 'Input should be a valid integer, got a number with a fractional part']
      : [`${kind}_type`, `Input should be a valid ${word}`]
  const finding = `{'type': '${type}', 'loc': 'body.${name}', 'msg': '${message}', 'input': ${describeInput(value)}}`
  throw new RequestRefused(refuseInvalid({ finding, param: `body.${name}` }))
}

/** @throws {RequestRefused} when the field is not a list of messages */
export function parseMessages(body: JsonObject): unknown[] {
  const { messages } = body
  if (Array.isArray(messages)) return messages
  const [type, message, input] =
    messages === undefined
      ? ['missing', 'Field required', describeInput(body)]
      : ['list_type', 'Input should be a valid list', describeInput(messages)]
  const finding = `{'type': '${type}', 'loc': 'body.messages', 'msg': '${message}', 'input': ${input}}`
  throw new RequestRefused(refuseInvalid({ finding, param: 'body.messages' }))
}

function checkCombinations(body: JsonObject): void {
  if (Array.isArray(body.tools) && body.tools.length === 0) {
    const message =
      '`tools` must not be an empty array. Either provide at least one tool or omit the field entirely.'
    throw new RequestRefused(refuseValue({ message, param: 'tools' }))
  }
  if (body.stream_options && !body.stream) {
    const message = 'Stream options can only be defined when `stream=True`.'
    throw new RequestRefused(refuseValue({ message, param: 'stream_options' }))
  }
  if (body.continue_final_message && body.add_generation_prompt) {
    const message = 'Cannot set both `continue_final_message` and `add_generation_prompt` to True.'
    throw new RequestRefused(refuse({ status: 400, message }))
  }
}

/** The text of a message. @throws {RequestRefused} for an image: the model reads text only */
export function toTurns(options: { messages: readonly unknown[]; modelId: string }): ChatTurn[] {
  return options.messages.filter(isObject).map((message) => {
    const parts = Array.isArray(message.content) ? message.content.filter(isObject) : []
    if (parts.some((part) => part.type !== 'text')) {
      const text = `${options.modelId} is not a multimodal model`
      throw new RequestRefused(refuse({ status: 400, message: text }))
    }
    const content =
      typeof message.content === 'string'
        ? message.content
        : parts.map((part) => String(part.text ?? '')).join('\n')
    return { role: String(message.role ?? 'user'), content }
  })
}

function toNumber(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : Number(value)
}

type Range = { name: string; isIn: (value: number) => boolean; rule: string; named: boolean }

const RANGES: readonly Range[] = [
  { name: 'presence_penalty', isIn: (x) => Math.abs(x) <= 2, rule: 'in [-2, 2]', named: false },
  { name: 'frequency_penalty', isIn: (x) => Math.abs(x) <= 2, rule: 'in [-2, 2]', named: false },
  { name: 'repetition_penalty', isIn: (x) => x > 0, rule: 'greater than zero', named: false },
  { name: 'temperature', isIn: (x) => x >= 0, rule: 'non-negative', named: true },
  { name: 'temperature', isIn: (x) => x <= 2, rule: 'in [0, 2]', named: true },
  { name: 'top_p', isIn: (x) => x > 0 && x <= 1, rule: 'in (0, 1]', named: true },
  { name: 'min_p', isIn: (x) => x >= 0 && x <= 1, rule: 'in [0, 1]', named: false },
]

/** @throws {RequestRefused} for a sampling parameter out of range; the prompt is known by then */
export function checkSampling(options: { body: JsonObject; maxTokens: number }): void {
  for (const { name, isIn, rule, named } of RANGES) {
    const value = toNumber(options.body[name])
    if (value === undefined || isIn(value)) continue
    const got = formatPythonFloat(value)
    const message = `${name} must be ${rule}, got ${got}.`
    throw new RequestRefused(
      named ? refuseValue({ message, param: name, value: got }) : refuse({ status: 400, message }),
    )
  }
  const value = String(options.maxTokens)
  if (options.maxTokens < 1) {
    const message = `max_tokens must be at least 1, got ${value}.`
    throw new RequestRefused(refuseValue({ message, param: 'max_tokens', value }))
  }
}

/** Reads the fields that the stub heeds. @throws {RequestRefused} with vLLM's own answer */
export function parseChatRequest(options: { body: JsonObject; modelId: string }): ChatRequest {
  const { body } = options
  checkCombinations(body)
  const messages = parseMessages(body)
  for (const name of FLOATS) refuseNumber({ name, value: body[name], kind: 'float' })
  for (const name of INTEGERS) refuseNumber({ name, value: body[name], kind: 'int' })
  const streamOptions = isObject(body.stream_options) ? body.stream_options : {}
  const includesUsage = streamOptions.include_usage === true
  const stop = typeof body.stop === 'string' ? [body.stop] : body.stop
  return {
    model: typeof body.model === 'string' ? body.model : undefined,
    messages: toTurns({ messages, modelId: options.modelId }),
    isStream: body.stream === true,
    includesUsage,
    continuousUsage: includesUsage && streamOptions.continuous_usage_stats === true,
    maxTokens: toNumber(body.max_completion_tokens) ?? toNumber(body.max_tokens),
    stop: Array.isArray(stop) ? stop.map(String).filter((text) => text !== '') : [],
    isContinuation: body.continue_final_message === true,
    ignoresEnd: body.ignore_eos === true,
    returnsTokenIds: body.return_token_ids === true,
    returnsPromptText: body.return_prompt_text === true,
    addsGenerationPrompt: body.add_generation_prompt !== false,
    sampling: Object.fromEntries(
      [...FLOATS, ...INTEGERS].map((name) => [name, toNumber(body[name])]),
    ),
  }
}
