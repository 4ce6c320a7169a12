import { chooseAnswer } from './choose-answer.ts'
import type { ChatRequest } from './parse-chat-request.ts'
import type { RequestScenario } from './scenario.ts'
import { END_OF_SEQUENCE, type Token, tokenizeText } from './tokenizer.ts'

/** One sampled token and the text that leaves with it. */
export type Step = { tokenId: number; text: string; isReasoning: boolean }

export type Answer = {
  steps: Step[]
  finishReason: string
  stopReason: string | null
}

type Sampled = Token & { isReasoning: boolean }

function toContent(options: { scenario: RequestScenario; request: ChatRequest }): Token[] {
  const { scenario, request } = options
  if (scenario.tokens.length > 0) {
    return scenario.tokens.map((text) => ({ id: tokenizeText(text)[0]?.id ?? 0, text }))
  }
  const question = request.messages.findLast(({ role }) => role === 'user')?.content ?? ''
  const text = scenario.text === '' ? chooseAnswer(question) : scenario.text
  const begun = request.isContinuation ? (request.messages.at(-1)?.content ?? '') : ''
  return tokenizeText(text.startsWith(begun) ? text.slice(begun.length) : text)
}

function repeatTo(options: { tokens: readonly Token[]; count: number }): Token[] {
  const { tokens, count } = options
  if (tokens.length === 0) return []
  return Array.from({ length: count }, (_, index) => tokens[index % tokens.length]).filter(
    (token) => token !== undefined,
  )
}

function sample(options: { scenario: RequestScenario; request: ChatRequest; limit: number }): {
  sampled: Sampled[]
  isCut: boolean
} {
  const { scenario, request } = options
  const most = options.limit + scenario.overrunTokens
  const reasoning = tokenizeText(scenario.reasoningText)
  const written = toContent(options)
  const content =
    scenario.tokenCount > 0 ? repeatTo({ tokens: written, count: scenario.tokenCount }) : written
  const isEndless = request.ignoresEnd || scenario.overrunTokens > 0
  const body = isEndless
    ? repeatTo({ tokens: content, count: Math.max(0, most - reasoning.length) })
    : content
  const all = [
    ...reasoning.map((token) => ({ ...token, isReasoning: true })),
    ...body.map((token) => ({ ...token, isReasoning: false })),
    ...(isEndless ? [] : [{ ...END_OF_SEQUENCE, text: '', isReasoning: false }]),
  ]
  return { sampled: all.slice(0, most), isCut: isEndless || all.length > most }
}

function findStop(options: { text: string; stop: readonly string[] }) {
  return options.stop
    .map((stop) => ({ stop, at: options.text.indexOf(stop) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at)[0]
}

/**
 * Lets text out as vLLM's detokenizer does: as many letters as the longest stop string could still
 * take are held back, and what a stop string begins with is never sent.
 */
function applyStop(options: { sampled: readonly Sampled[]; stop: readonly string[] }): {
  steps: Step[]
  stopReason: string | null
} {
  if (options.stop.length === 0) {
    const steps = options.sampled.map(({ id: tokenId, ...token }) => ({ ...token, tokenId }))
    return { steps, stopReason: null }
  }
  const heldLetters = Math.max(0, ...options.stop.map((stop) => stop.length - 1))
  const steps: Step[] = []
  let text = ''
  let sent = 0
  for (const [index, token] of options.sampled.entries()) {
    if (token.isReasoning) {
      steps.push({ tokenId: token.id, text: token.text, isReasoning: true })
      continue
    }
    text += token.text
    const found = findStop({ text, stop: options.stop })
    const isLast = index === options.sampled.length - 1
    const end = found?.at ?? (isLast ? text.length : Math.max(sent, text.length - heldLetters))
    steps.push({ tokenId: token.id, text: text.slice(sent, end), isReasoning: false })
    if (found !== undefined) return { steps, stopReason: found.stop }
    sent = end
  }
  return { steps, stopReason: null }
}

/** Every token of the answer to a request, in advance: the same request has the same answer. */
export function buildAnswer(options: {
  scenario: RequestScenario
  request: ChatRequest
  /** max_tokens, or what the context has left. */
  limit: number
}): Answer {
  const { sampled, isCut } = sample(options)
  const { steps, stopReason } = applyStop({ sampled, stop: options.request.stop })
  const real = stopReason === null && isCut ? 'length' : 'stop'
  return { steps, stopReason, finishReason: options.scenario.finishReason || real }
}
