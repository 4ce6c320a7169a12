import { type ContextMeter, NEAR_CONTEXT, type TrimOffer } from '@/lib/domain/context-meter'
import { AppError, isAppError } from '@/lib/domain/error'
import type { ChatMessage } from '@/lib/domain/message'
import { selectSent } from '@/lib/domain/select-sent'
import type { Engine } from '@/lib/engine/engine'
import { buildMessages, type PromptMessage } from '@/lib/prompt/build-messages'
import { planTrim } from '@/lib/timing/plan-trim'
import { countedTokenize } from './counted-tokenize'
import type { Ledger } from './create-ledger'

export type ContextMeterOptions = {
  /** The branch that ends in this message; empty for an unknown one. */
  loadBranch: (messageId: string) => Promise<ChatMessage[]>
  engine: Pick<Engine, 'tokenize'>
  ledger: Pick<Ledger, 'enter'>
  /** @throws {AppError} engine_not_ready */
  requireModel: () => string
  systemPrompt: string
  now?: () => number
}

/** The draft, and the answer that it follows. */
export type Draft = { threadId: string; parentId: string | null; text: string }

const TIMEOUT_MS = 5000
const SPACING_MS = 100
const MAX_UNDER_WAY = 2
/** A trim costs the prefix cache of what stays: each makes room for some turns, not for one. */
const AIM_SHARE = 0.75
/** What a prompt that still does leaves for its answer. */
const ANSWER_TOKENS = 1024
const MAX_REMEMBERED = 2000

type Tokenize = ReturnType<typeof countedTokenize>

/**
 * Counts the prompt of a draft by the engine's own tokenizer. What comes too fast is refused, never
 * queued: the next key asks again.
 * @throws {AppError} engine_not_ready, engine_busy, message_not_found, engine_path_not_found …
 */
export function createContextMeter(options: ContextMeterOptions) {
  const { engine, ledger, systemPrompt, now = () => performance.now() } = options
  const turnCounts = new Map<string, number>()
  let underWay = 0
  let lastMs = Number.NEGATIVE_INFINITY

  const measure = async (draft: Draft, tokenize: Tokenize): Promise<ContextMeter> => {
    const history = await loadHistory(options, draft)
    const messages = buildMessages({ systemPrompt, history: [...history, toQuestion(draft)] })
    const size = await countOrLimit({ tokenize, messages })
    const { maxModelLen, promptTokens = Number.POSITIVE_INFINITY } = size
    const isTooLong = promptTokens >= maxModelLen
    if (promptTokens < maxModelLen * NEAR_CONTEXT) return { ...size, isTooLong }
    const prompt = { draft, history, systemPrompt, ...size }
    return { ...size, isTooLong, trim: await offerTrim({ prompt, tokenize, turnCounts }) }
  }
  return async (request: Draft & { signal: AbortSignal }): Promise<ContextMeter> => {
    const { signal, ...draft } = request
    const model = options.requireModel()
    if (underWay >= MAX_UNDER_WAY || now() - lastMs < SPACING_MS) throw new AppError('engine_busy')
    underWay += 1
    lastMs = now()
    try {
      const limits = { signal, timeoutMs: TIMEOUT_MS }
      return await measure(
        draft,
        countedTokenize({ engine, ledger, cause: 'context-meter', model, limits }),
      )
    } finally {
      underWay -= 1
    }
  }
}

async function loadHistory(
  { loadBranch }: Pick<ContextMeterOptions, 'loadBranch'>,
  { parentId, threadId }: Draft,
): Promise<ChatMessage[]> {
  if (parentId === null) return []
  const branch = await loadBranch(parentId)
  const parent = branch.at(-1)
  if (parent?.role !== 'assistant' || parent.threadId !== threadId) {
    throw new AppError('message_not_found')
  }
  return branch
}

function toQuestion({ threadId, parentId, text }: Draft): ChatMessage {
  return { id: '', threadId, parentId, role: 'user', text, createdAtMs: 0 }
}

/** The engine refuses to count much further than its limit, and tells that limit then. */
async function countOrLimit(options: {
  tokenize: Tokenize
  messages: readonly PromptMessage[]
}): Promise<{ promptTokens?: number; maxModelLen: number }> {
  const { tokenize, messages } = options
  try {
    const { count, maxModelLen } = await tokenize({ messages, addGenerationPrompt: true })
    return { promptTokens: count, maxModelLen }
  } catch (error) {
    if (!isAppError(error) || error.code !== 'engine_context_too_long') throw error
    const { maxTokens, promptTokens, promptTokensBound } = error.details ?? {}
    if (typeof maxTokens !== 'number') throw error
    const isExact = typeof promptTokens === 'number' && promptTokensBound === undefined
    return { maxModelLen: maxTokens, ...(isExact ? { promptTokens } : {}) }
  }
}

type MeasuredPrompt = {
  draft: Draft
  history: readonly ChatMessage[]
  systemPrompt: string
  promptTokens?: number
  maxModelLen: number
}

async function offerTrim(options: {
  prompt: MeasuredPrompt
  tokenize: Tokenize
  turnCounts: Map<string, number>
}): Promise<TrimOffer> {
  const { prompt, tokenize, turnCounts } = options
  const { draft, history, systemPrompt, maxModelLen, promptTokens } = prompt
  const aimTokens = Math.floor(maxModelLen * AIM_SHARE)
  const limitTokens = Math.max(aimTokens, maxModelLen - ANSWER_TOKENS)
  const count: Count = async (messages, addGenerationPrompt) => {
    const limited = await countOrLimit({
      tokenize: (request) => tokenize({ ...request, addGenerationPrompt }),
      messages,
    })
    return limited.promptTokens ?? limited.maxModelLen + 1
  }
  const turns = toTurns(selectSent([...history, toQuestion(draft)]))
  const turnTokens: number[] = []
  let leftTokens = promptTokens ?? Number.POSITIVE_INFINITY
  for (const turn of turns) {
    if (leftTokens <= aimTokens) break
    const tokens = turnCounts.get(turn.id) ?? (await count(turn.messages, false))
    remember({ turnCounts, id: turn.id, tokens })
    turnTokens.push(tokens)
    leftTokens -= tokens
  }
  const rest =
    promptTokens === undefined ? await countRest({ count, draft, systemPrompt }) : leftTokens
  const plan = planTrim({ turnTokens: [...turnTokens, rest], aimTokens, limitTokens })
  const leftOut = turns.slice(0, plan.droppedTurns)
  const throughId = leftOut.at(-1)?.id
  return {
    questionIds: leftOut.map(({ questionId }) => questionId),
    ...(throughId === undefined ? {} : { throughId }),
    promptTokens: plan.promptTokens,
    isEnough: plan.isEnough,
  }
}

type Count = (messages: readonly PromptMessage[], addGenerationPrompt: boolean) => Promise<number>

/** What every prompt of this draft holds: where the engine did not count the whole, so much is known of it. */
async function countRest(options: {
  count: Count
  draft: Draft
  systemPrompt: string
}): Promise<number> {
  const { count, draft, systemPrompt } = options
  const newest = await count([{ role: 'user', content: draft.text }], true)
  return newest + (await count([{ role: 'system', content: systemPrompt }], false))
}

type Turn = { id: string; questionId: string; messages: PromptMessage[] }

/** A question and its answer each; the id is the answer's, for a question may have several. */
function toTurns(history: readonly ChatMessage[]): Turn[] {
  return history.flatMap((message, index) => {
    const answer = history[index + 1]
    if (message.role !== 'user' || answer?.role !== 'assistant') return []
    const messages: PromptMessage[] = [
      { role: 'user', content: message.text },
      { role: 'assistant', content: answer.text },
    ]
    return [{ id: answer.id, questionId: message.id, messages }]
  })
}

/** What was said does not change: each turn is counted once. */
function remember(options: { turnCounts: Map<string, number>; id: string; tokens: number }): void {
  const { turnCounts, id, tokens } = options
  turnCounts.set(id, tokens)
  const [oldest] = turnCounts.keys()
  if (turnCounts.size > MAX_REMEMBERED && oldest !== undefined) turnCounts.delete(oldest)
}
