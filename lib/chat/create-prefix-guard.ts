import { isAppError } from '@/lib/domain/error'
import type { Reply } from '@/lib/domain/message'
import type { StoredTrace } from '@/lib/domain/reply-record'
import type { PrefixVerdict } from '@/lib/domain/reply-trace'
import type { Engine } from '@/lib/engine/engine'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { judgePrefix } from '@/lib/prompt/judge-prefix'
import type { EngineSamples } from '@/lib/readiness/create-engine-samples'
import type { ChatLogger } from './chat-ports'
import { countedTokenize } from './counted-tokenize'
import type { Ledger } from './create-ledger'
import { createSerialQueue } from './create-serial-queue'
import { type GuardedReply, guardPrefix } from './guard-prefix'
import type { RunMarks } from './run-observer'
import type { TracePort } from './trace-ports'

export type PrefixGuardOptions = {
  store: Pick<TracePort, 'savePrefix' | 'loadTrace'>
  engine: Pick<Engine, 'tokenize'>
  samples: EngineSamples
  ledger: Pick<Ledger, 'enter'>
  systemPrompt: string
  logger: ChatLogger
}

/** An ended reply to judge. `before`: the thread's request before it. */
export type Judgement = {
  reply: Reply
  marks: RunMarks
  before: StoredTrace | undefined
  metrics: EngineMetrics | undefined
  isWarm: boolean
}

const MAX_WAITING = 200
const MAX_AGE_MS = 3000
const TIMEOUT_MS = 5000

/**
 * Judges the prefix cache of ended replies in the background, one after the other. While requests wait
 * at the engine it asks nothing: the verdict is then not-comparable, as it is for what it has no room for.
 */
export function createPrefixGuard(options: PrefixGuardOptions) {
  const { store, samples, systemPrompt, logger } = options
  const queue = createSerialQueue({
    limit: MAX_WAITING,
    onError: (error) => logger.warn({ err: error }, 'a prefix verdict could not be stored'),
  })

  const judge = async (judgement: Judgement, signal: AbortSignal): Promise<PrefixVerdict> => {
    const { reply, marks, metrics, isWarm } = judgement
    const guarded = { reply, metrics, isWarm, systemPrompt, ...marks }
    const isBusy = (samples.latest(MAX_AGE_MS)?.metrics.waitingRequests ?? 0) > 0
    if (isBusy) return toUnasked(guarded)
    const tokenize = countedTokenize({
      ...options,
      cause: 'prefix-guard',
      model: marks.model,
      messageId: reply.id,
      limits: { signal, timeoutMs: TIMEOUT_MS },
    })
    try {
      const before = await withParent(store, judgement)
      return await guardPrefix({ guarded, before, tokenize })
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error
      return toUnasked(guarded)
    }
  }
  return {
    judge(judgement: Judgement): void {
      queue.add(async (signal) => {
        const prefix = await judge(judgement, signal)
        await store.savePrefix({ messageId: judgement.reply.id, prefix })
      })
    },
    idle: queue.idle,
    close: queue.close,
  }
}

/** The engine holds the thread's last request; on another branch also that of the answer before. */
async function withParent(
  store: Pick<TracePort, 'loadTrace'>,
  { before, marks }: Judgement,
): Promise<StoredTrace[]> {
  const parent = marks.history.at(-2)
  const found = before === undefined ? [] : [before]
  if (parent?.role !== 'assistant' || parent.id === before?.reply.id) return found
  const trace = await store.loadTrace(parent.id)
  return trace === undefined ? found : [...found, trace]
}

function toUnasked({ reply, metrics }: GuardedReply): PrefixVerdict {
  return judgePrefix({
    blockSizeTokens: metrics?.blockSizeTokens,
    isCachingOff: metrics?.isPrefixCachingEnabled === false,
    countedTokens: reply.timing?.promptTokens,
    reportedTokens: reply.timing?.cachedTokens,
  })
}
