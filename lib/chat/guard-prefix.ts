import type { ChatMessage, Reply } from '@/lib/domain/message'
import type { StoredTrace } from '@/lib/domain/reply-record'
import type { PrefixVerdict } from '@/lib/domain/reply-trace'
import { selectSent } from '@/lib/domain/select-sent'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import type { Tokenized } from '@/lib/engine/tokenize'
import { buildMessages, buildWarmUpMessages, type PromptMessage } from '@/lib/prompt/build-messages'
import { decodeTokenStrings } from '@/lib/prompt/decode-token-strings'
import { type HeldSequence, judgePrefix } from '@/lib/prompt/judge-prefix'

/** A reply that has ended, and what is known of the engine that wrote it. */
export type GuardedReply = {
  reply: Reply
  history: readonly ChatMessage[]
  model: string
  systemPrompt: string
  metrics: EngineMetrics | undefined
  /** The engine's process had read the system prompt before this request. */
  isWarm: boolean
}

export type TokenizePort = (request: {
  messages: readonly PromptMessage[]
  addGenerationPrompt: boolean
  wantsTokenStrings?: boolean
}) => Promise<Tokenized>

const MAX_CHARACTERS = 400_000
const TOKENS_AROUND = 8

/**
 * The prefix cache predicted against reported for one reply, by the engine's own tokenizer: this request,
 * the thread's earlier ones with their answers, for a first request the warm-up.
 * `before`: the requests whose blocks the engine may hold. Rejects when the engine does not answer.
 */
export async function guardPrefix(options: {
  guarded: GuardedReply
  before: readonly StoredTrace[]
  tokenize: TokenizePort
}): Promise<PrefixVerdict> {
  const { guarded, tokenize } = options
  const { metrics, systemPrompt, history } = guarded
  const facts = toFacts(guarded)
  if (!isComparable(guarded)) return judgePrefix(facts)
  const before = options.before.filter((trace) => isHeld(trace, guarded))
  const messages = buildMessages({ systemPrompt, history })
  const prompt = await tokenize({ messages, addGenerationPrompt: true })
  const held: HeldSequence[] = []
  for (const trace of before) held.push(await toHeld({ trace, systemPrompt, tokenize }))
  if (held.length === 0 && guarded.isWarm) {
    const warmUp = buildWarmUpMessages(systemPrompt)
    const { tokens } = await tokenize({ messages: warmUp, addGenerationPrompt: true })
    held.push({ tokens, isWarmUp: true })
  }
  const isOtherReplica = before.some((trace) => isOlderProcess(metrics, trace))
  const isTrimmed = before.some((trace) => trace.reply.trimmedToId !== guarded.reply.trimmedToId)
  const evidence = { ...facts, promptTokens: prompt.tokens, held, isOtherReplica, isTrimmed }
  const verdict = judgePrefix(evidence)
  if (verdict.changedAtToken === undefined) return verdict
  const told = await tokenize({ messages, addGenerationPrompt: true, wantsTokenStrings: true })
  const changedText = toTextAround(told.tokenStrings, verdict.changedAtToken)
  return changedText === undefined ? verdict : { ...verdict, changedText }
}

function toFacts({ reply, metrics }: GuardedReply) {
  const { promptTokens, cachedTokens } = reply.timing ?? {}
  return {
    blockSizeTokens: metrics?.blockSizeTokens,
    isCachingOff: metrics?.isPrefixCachingEnabled === false,
    countedTokens: promptTokens,
    reportedTokens: cachedTokens,
  }
}

/** Where it is not, nothing is asked of the engine. An answer that went on from another is tokenized otherwise. */
function isComparable({ reply, metrics, history }: GuardedReply): boolean {
  if (metrics?.blockSizeTokens === undefined || metrics.isPrefixCachingEnabled === false)
    return false
  if (reply.timing?.promptTokens === undefined || reply.continuesId !== undefined) return false
  return selectSent(history).reduce((sum, { text }) => sum + text.length, 0) <= MAX_CHARACTERS
}

/** The engine read it, as the same model, in a process that still runs. */
function isHeld({ reply, record }: StoredTrace, { model, metrics }: GuardedReply): boolean {
  if (reply.timing?.ttftMs === undefined) return false
  if (record !== undefined && record.requestModel !== model) return false
  const startedAtMs = record?.activity?.processStartedAtMs
  const presentMs = metrics?.processStartedAtMs
  // Both by the engine's clock: one that began later took the other's place.
  return startedAtMs === undefined || presentMs === undefined || presentMs <= startedAtMs
}

function isOlderProcess(metrics: EngineMetrics | undefined, { record }: StoredTrace): boolean {
  const startedAtMs = record?.activity?.processStartedAtMs
  const presentMs = metrics?.processStartedAtMs
  return startedAtMs !== undefined && presentMs !== undefined && presentMs < startedAtMs
}

async function toHeld(options: {
  trace: StoredTrace
  systemPrompt: string
  tokenize: TokenizePort
}): Promise<HeldSequence> {
  const { reply, history, systemPrompt = options.systemPrompt } = options.trace
  const messages: PromptMessage[] = [
    ...buildMessages({ systemPrompt, history }),
    { role: 'assistant', content: reply.text },
  ]
  const { tokens } = await options.tokenize({ messages, addGenerationPrompt: false })
  const { promptTokens, completionTokens } = reply.timing ?? {}
  if (promptTokens === undefined || completionTokens === undefined) return { tokens }
  // Reasoning stood between the request and its text, and is not part of what is sent later.
  const computedTokens =
    reply.reasoning === '' ? promptTokens + Math.max(0, completionTokens - 1) : promptTokens
  return { tokens, computedTokens, requestTokens: promptTokens }
}

function toTextAround(strings: readonly string[] | undefined, at: number): string | undefined {
  if (strings === undefined) return undefined
  const before = decodeTokenStrings(strings.slice(Math.max(0, at - TOKENS_AROUND), at))
  const changed = decodeTokenStrings(strings.slice(at, at + 1))
  const after = decodeTokenStrings(strings.slice(at + 1, at + 1 + TOKENS_AROUND))
  return `${before}⟦${changed}⟧${after}`
}
