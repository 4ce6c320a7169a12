import type { ErrorDetails } from '@/lib/domain/error'

/** Every wording of vLLM 0.6 – 0.32 that means: prompt and answer do not fit; and those of its neighbours. */
const TOO_LONG = [
  /maximum context length/i,
  /longer than the (?:maximum model length|model's context length)/i,
  /too long to fit into the model/i,
  /max_tokens(?:=\d+)? (?:cannot be greater than max_model_len|must be at least 1, got (?:0|-\d+))/i,
  /exceeds? (?:the )?(?:available |model'?s? )?(?:maximum )?context (?:size|length|window)/i,
]

const MAX_TOKENS = [
  /maximum context length (?:is|of) ([\d,]+)/i,
  /cannot be greater than max_model_len=([\d,]+)/i,
  /maximum model length of ([\d,]+)/i,
  /context (?:length|size|window)\s*\(?([\d,]+)/i,
]

const PROMPT_TOKENS = [
  /(?:prompt|request) (?:contains|has) (?:at least )?([\d,]+) input tokens/i,
  /\(([\d,]+) in the (?:messages|prompt)\b/i,
  /prompt \((?:total )?length ([\d,]+)\)/i,
  /input \(([\d,]+) tokens\) is longer/i,
]

const PROMPT_CHARACTERS = [/prompt contains ([\d,]+) characters/i]

const REQUESTED_TOKENS = [
  /requested ([\d,]+) output tokens/i,
  /\bin the (?:messages|prompt)[,;]? ([\d,]+) in the completion/i,
  /max_tokens=([\d,]+) cannot be greater/i,
  /max_completion_tokens'? is too large: ([\d,]+)/i,
]

/**
 * The figures of a "context too long" error, or `undefined` when it is another error. Each is
 * absent where the engine did not say it: `maxTokens` (the limit), `promptTokens` (with
 * `promptTokensBound: 'at-least'` where the engine stopped counting), `promptCharacters`,
 * `requestedTokens` (asked for the answer).
 */
export function toContextDetails(fault: {
  message: string
  type?: string
  param?: string
  code?: string | number
  promptTokens?: number
  maxTokens?: number
}): ErrorDetails | undefined {
  const { param, type, code } = fault
  const message = fault.message.slice(0, 4000)
  const isNamed =
    param === 'input_tokens' ||
    param === 'input_text' ||
    type === 'exceed_context_size_error' ||
    code === 'context_length_exceeded'
  if (!isNamed && !TOO_LONG.some((wording) => wording.test(message))) return undefined
  const maxTokens = fault.maxTokens ?? firstNumber(MAX_TOKENS, message)
  const promptTokens = fault.promptTokens ?? firstNumber(PROMPT_TOKENS, message)
  const promptCharacters = firstNumber(PROMPT_CHARACTERS, message)
  const requestedTokens = firstNumber(REQUESTED_TOKENS, message)
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(promptTokens !== undefined && /contains at least/i.test(message)
      ? { promptTokensBound: 'at-least' }
      : {}),
    ...(promptCharacters === undefined ? {} : { promptCharacters }),
    ...(requestedTokens === undefined ? {} : { requestedTokens }),
  }
}

function firstNumber(patterns: readonly RegExp[], text: string): number | undefined {
  for (const pattern of patterns) {
    const digits = pattern.exec(text)?.[1]
    if (digits !== undefined) return Number(digits.replaceAll(',', ''))
  }
  return undefined
}
