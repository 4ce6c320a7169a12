import type { ReplyTiming } from '@/lib/domain/reply-timing'
import type { EngineActivity, ReplyFlag } from '@/lib/domain/reply-trace'

export type FlagEvidence = {
  timing?: ReplyTiming | undefined
  activity?: EngineActivity | undefined
  arrivalOffsetsMs?: readonly number[] | undefined
  /** Others before it when the engine was seen to hold it in the queue; absent: it was not seen there. */
  queuedBehindRequests?: number | undefined
  /** The first reply of an engine process that came after another one. */
  isFirstOfProcess?: boolean | undefined
  /** Since the reply before it ended, of any thread. */
  idleMs?: number | undefined
}

/** Below this a queue is the engine's own rhythm: a request waits for the step that runs. */
const QUEUE_MS = 50
const QUEUE_SHARE = 0.2
const CACHE_USAGE = 0.9
const STALL_MS = 250
const STALL_FACTOR = 10
const BURST_TOKENS = 8
/** No model writes faster than this to one reader. */
const BURST_MS_PER_TOKEN = 0.25
const IDLE_MS = 10 * 60_000

/** Why a reply was slow or unusual, the weightiest first; the details are those that ReplyFlag names. */
export function toReplyFlags(evidence: FlagEvidence): ReplyFlag[] {
  return [
    waitedBehindOthers(evidence),
    preempted(evidence),
    coldAfterRestart(evidence),
    sharedTheEngine(evidence),
    cacheAlmostFull(evidence),
    stalledBetweenTokens(evidence),
    arrivedInOnePiece(evidence),
    afterIdle(evidence),
  ].filter((flag) => flag !== undefined)
}

function flag(code: ReplyFlag['code'], details: Record<string, number | undefined>): ReplyFlag {
  const known = Object.entries(details).filter((entry): entry is [string, number] => {
    return entry[1] !== undefined
  })
  return { code, details: Object.fromEntries(known) }
}

/** The engine's own queue time decides where it is told; else that it was seen waiting. */
function waitedBehindOthers(evidence: FlagEvidence): ReplyFlag | undefined {
  const { timing, activity, queuedBehindRequests } = evidence
  const { queueMs, ttftMs } = timing ?? {}
  const requests = Math.max(queuedBehindRequests ?? 0, activity?.aheadRequests ?? 0)
  if (requests === 0) return undefined
  const isLong =
    queueMs === undefined
      ? queuedBehindRequests !== undefined
      : queueMs >= QUEUE_MS && queueMs >= QUEUE_SHARE * (ttftMs ?? 0)
  return isLong ? flag('waited-behind-others', { requests, queueMs }) : undefined
}

function preempted({ activity }: FlagEvidence): ReplyFlag | undefined {
  const preemptions = activity?.preemptions ?? 0
  return preemptions > 0 ? flag('preempted', { preemptions }) : undefined
}

function coldAfterRestart(evidence: FlagEvidence): ReplyFlag | undefined {
  return evidence.isFirstOfProcess === true ? flag('cold-after-restart', {}) : undefined
}

function sharedTheEngine({ timing, activity }: FlagEvidence): ReplyFlag | undefined {
  if (activity === undefined) return undefined
  const { aheadRequests = 0, runningAtEnd = 0, waitingAtEnd = 0, generationTokens } = activity
  const requests = Math.max(aheadRequests, runningAtEnd + waitingAtEnd)
  if (requests === 0) return undefined
  const own = timing?.completionTokens
  const others =
    generationTokens === undefined || own === undefined ? undefined : generationTokens - own
  const tokens = others !== undefined && others > 0 ? others : undefined
  return flag('shared-the-engine', { requests, tokens })
}

function cacheAlmostFull({ activity }: FlagEvidence): ReplyFlag | undefined {
  const usage = Math.max(activity?.kvCacheUsageAtStart ?? 0, activity?.kvCacheUsageAtEnd ?? 0)
  return usage >= CACHE_USAGE ? flag('cache-almost-full', { percent: usage * 100 }) : undefined
}

function stalledBetweenTokens({ timing, arrivalOffsetsMs }: FlagEvidence): ReplyFlag | undefined {
  const gaps = timing?.interTokenMs
  if (gaps === undefined || gaps.max < STALL_MS || gaps.max < STALL_FACTOR * gaps.p50) {
    return undefined
  }
  const delta = arrivalOffsetsMs === undefined ? undefined : longestGapAfter(arrivalOffsetsMs)
  return flag('stalled-between-tokens', { gapMs: gaps.max, usualMs: gaps.p50, delta })
}

/** Offsets since the first delta; the count of deltas before the longest gap, from 1. */
function longestGapAfter(offsetsMs: readonly number[]): number | undefined {
  let longestMs = 0
  let after: number | undefined
  let beforeMs = 0
  for (const [index, offsetMs] of offsetsMs.entries()) {
    if (offsetMs - beforeMs > longestMs) {
      longestMs = offsetMs - beforeMs
      after = index + 1
    }
    beforeMs = offsetMs
  }
  return after
}

/** Tokens faster than a model can write them were held back by something on the way. */
function arrivedInOnePiece({ timing, arrivalOffsetsMs }: FlagEvidence): ReplyFlag | undefined {
  const tokens = timing?.completionTokens
  if (tokens === undefined || tokens < BURST_TOKENS || arrivalOffsetsMs === undefined) {
    return undefined
  }
  const spanMs = arrivalOffsetsMs.at(-1) ?? 0
  const isTooFast = spanMs < BURST_MS_PER_TOKEN * (tokens - 1)
  const isEngineSlower = (timing?.decodeMs ?? Number.POSITIVE_INFINITY) > 4 * spanMs
  return isTooFast && isEngineSlower ? flag('arrived-in-one-piece', { tokens, spanMs }) : undefined
}

function afterIdle({ idleMs, activity }: FlagEvidence): ReplyFlag | undefined {
  if (idleMs === undefined || idleMs < IDLE_MS || (activity?.aheadRequests ?? 0) > 0) {
    return undefined
  }
  return flag('after-idle', { idleMs })
}
