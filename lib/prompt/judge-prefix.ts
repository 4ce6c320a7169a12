import type { PrefixVerdict } from '@/lib/domain/reply-trace'

/** A sequence whose blocks the engine held before the request came. */
export type HeldSequence = {
  tokens: readonly number[]
  /** Of these, how many the engine had computed: the last sampled token of an answer never is. */
  computedTokens?: number | undefined
  /** Where its request ended and its answer began. */
  requestTokens?: number | undefined
  /** Only what every request begins with: the warm-up, which says nothing of a thread. */
  isWarmUp?: boolean
}

export type PrefixEvidence = {
  /** Of this request, as the engine tokenizes it; absent: not asked. */
  promptTokens?: readonly number[] | undefined
  /** What the engine may hold of it: the thread's last request with its answer, the warm-up. */
  held?: readonly HeldSequence[] | undefined
  blockSizeTokens?: number | undefined
  isCachingOff?: boolean | undefined
  /** As the engine counted and reported them. */
  countedTokens?: number | undefined
  reportedTokens?: number | undefined
  /** Another process than the one that the thread's last request went to, and not a later one. */
  isOtherReplica?: boolean | undefined
  /** Its branch begins elsewhere than it did in the thread's last request: by a trim, or the end of one. */
  isTrimmed?: boolean | undefined
}

/**
 * What the prefix cache gave against what it could: whole blocks of the longest common prefix, at most all
 * but the prompt's last token. `changed` and `trimmed` come with the first token that differs.
 */
export function judgePrefix(evidence: PrefixEvidence): PrefixVerdict {
  const { promptTokens, blockSizeTokens, countedTokens, reportedTokens } = evidence
  const known = {
    ...(countedTokens === undefined ? {} : { promptTokens: countedTokens }),
    ...(blockSizeTokens === undefined ? {} : { blockSizeTokens }),
    ...(reportedTokens === undefined ? {} : { reportedTokens }),
  }
  if (evidence.isCachingOff === true) return { reason: 'caching-off', ...known }
  const isSame = countedTokens === undefined || countedTokens === promptTokens?.length
  if (promptTokens === undefined || blockSizeTokens === undefined || !isSame) {
    return { reason: reportedTokens === undefined ? 'not-reported' : 'not-comparable', ...known }
  }
  const best = findBest(promptTokens, evidence.held ?? [])
  const common = Math.min(best?.commonTokens ?? 0, best?.computedTokens ?? 0)
  const predictedTokens = toWholeBlocks(Math.min(common, promptTokens.length - 1), blockSizeTokens)
  const changedAtToken = best?.isWarmUp === true ? undefined : best?.changedAtToken
  const figures = {
    ...known,
    promptTokens: promptTokens.length,
    commonPrefixTokens: common,
    predictedTokens,
  }
  const reason = toReason({ evidence, blockSizeTokens, best, predictedTokens, promptTokens })
  return (reason === 'changed' || reason === 'trimmed') && changedAtToken !== undefined
    ? { reason, ...figures, changedAtToken }
    : { reason, ...figures }
}

type Best = HeldSequence & {
  commonTokens: number
  computedTokens: number
  /** Absent: the prompt goes on where the sequence ends, or ends within it. */
  changedAtToken: number | undefined
}

/** The sequence that gives most; of equals the thread's own. */
function findBest(
  promptTokens: readonly number[],
  held: readonly HeldSequence[],
): Best | undefined {
  let best: Best | undefined
  for (const sequence of held) {
    const commonTokens = countCommon(promptTokens, sequence.tokens)
    const computedTokens = sequence.computedTokens ?? sequence.tokens.length
    const end = Math.min(promptTokens.length, sequence.tokens.length)
    const changedAtToken = commonTokens < end ? commonTokens : undefined
    const candidate = { ...sequence, commonTokens, computedTokens, changedAtToken }
    if (best === undefined || usable(candidate) > usable(best)) best = candidate
  }
  return best
}

function usable({ commonTokens, computedTokens }: Best): number {
  return Math.min(commonTokens, computedTokens)
}

function countCommon(one: readonly number[], other: readonly number[]): number {
  const end = Math.min(one.length, other.length)
  let count = 0
  while (count < end && one[count] === other[count]) count += 1
  return count
}

function toWholeBlocks(tokens: number, blockSizeTokens: number): number {
  return Math.max(0, Math.floor(tokens / blockSizeTokens) * blockSizeTokens)
}

function toReason(options: {
  evidence: PrefixEvidence
  blockSizeTokens: number
  best: Best | undefined
  predictedTokens: number
  promptTokens: readonly number[]
}): PrefixVerdict['reason'] {
  const { evidence, blockSizeTokens, best, predictedTokens, promptTokens } = options
  const { reportedTokens } = evidence
  if (reportedTokens === undefined) return 'not-reported'
  const isOfThread = best !== undefined && best.isWarmUp !== true
  if (reportedTokens >= predictedTokens) {
    if (isOfThread && best.changedAtToken !== undefined) {
      return evidence.isTrimmed === true ? 'trimmed' : 'changed'
    }
    if (predictedTokens > 0) return 'as-predicted'
    // Others had asked alike.
    if (reportedTokens > 0) return isOfThread ? 'as-predicted' : 'first-request'
    if (promptTokens.length - 1 < blockSizeTokens) return 'shorter-than-block'
    return isOfThread ? 'shorter-than-block' : toFirstReason(best, blockSizeTokens)
  }
  if (evidence.isOtherReplica === true) return 'other-replica'
  const { requestTokens } = best ?? {}
  const isWithinAnswer =
    requestTokens !== undefined &&
    reportedTokens >= toWholeBlocks(Math.min(requestTokens, predictedTokens), blockSizeTokens)
  return isWithinAnswer ? 're-tokenized' : 'evicted'
}

/** With a warm-up before it, a first request has no cache only where the shared beginning fills no block. */
function toFirstReason(best: Best | undefined, blockSizeTokens: number): PrefixVerdict['reason'] {
  return best !== undefined && best.commonTokens < blockSizeTokens
    ? 'shorter-than-block'
    : 'first-request'
}
