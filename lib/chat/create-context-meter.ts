import type { ContextMeter, TrimOffer } from '@/lib/domain/context-meter'
import { AppError, isAppError } from '@/lib/domain/error'
import type { ChatMessage } from '@/lib/domain/message'
import type { StoredTrace } from '@/lib/domain/reply-record'
import type { Engine } from '@/lib/engine/engine'
import { buildMessages, type PromptMessage } from '@/lib/prompt/build-messages'
import { planTrim } from '@/lib/timing/plan-trim'
import { countedTokenize } from './counted-tokenize'
import type { Ledger } from './create-ledger'

export type ContextMeterOptions = {
  loadTrace: (messageId: string) => Promise<StoredTrace | undefined>
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
const RESERVE_TOKENS = 1024
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
    const { maxModelLen, promptTokens } = size
    if (promptTokens !== undefined && promptTokens < maxModelLen) {
      return { promptTokens, maxModelLen, isTooLong: false }
    }
    const trim = await offerTrim({
      draft,
      history,
      maxModelLen,
      tokenize,
      systemPrompt,
      turnCounts,
    })
    return {
      ...(promptTokens === undefined ? {} : { promptTokens }),
      maxModelLen,
      isTooLong: true,
      trim,
    }
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
  { loadTrace }: Pick<ContextMeterOptions, 'loadTrace'>,
  { parentId, threadId }: Draft,
): Promise<ChatMessage[]> {
  if (parentId === null) return []
  const found = await loadTrace(parentId)
  if (found?.reply.threadId !== threadId) throw new AppError('message_not_found')
  return [...found.history, found.reply]
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

async function offerTrim(options: {
  draft: Draft
  history: readonly ChatMessage[]
  maxModelLen: number
  tokenize: Tokenize
  systemPrompt: string
  turnCounts: Map<string, number>
}): Promise<TrimOffer> {
  const { draft, history, maxModelLen, tokenize, systemPrompt, turnCounts } = options
  const count = async (messages: readonly PromptMessage[], addGenerationPrompt: boolean) => {
    const limited = await countOrLimit({
      tokenize: (request) => tokenize({ ...request, addGenerationPrompt }),
      messages,
    })
    return limited.promptTokens ?? limited.maxModelLen + 1
  }
  const turns = toTurns(history)
  const turnTokens: number[] = []
  for (const turn of turns) {
    const known = turnCounts.get(turn.id) ?? (await count(turn.messages, false))
    remember({ turnCounts, id: turn.id, tokens: known })
    turnTokens.push(known)
  }
  const newest = await count([{ role: 'user', content: draft.text }], true)
  const fixedTokens = await count([{ role: 'system', content: systemPrompt }], false)
  const reserveTokens = Math.min(RESERVE_TOKENS, Math.floor(maxModelLen / 4))
  const plan = planTrim({
    turnTokens: [...turnTokens, newest],
    maxModelLen,
    reserveTokens,
    fixedTokens,
  })
  return {
    questionIds: turns.slice(0, plan.droppedTurns).map(({ questionId }) => questionId),
    promptTokens: plan.promptTokens,
    isEnough: plan.isEnough,
  }
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
