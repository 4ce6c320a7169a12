export type TrimPlan = {
  /** How many of the oldest turns have to go. */
  droppedTurns: number
  /** What is left of the prompt. */
  promptTokens: number
  /** False: what always stays is beyond the limit even alone. */
  isEnough: boolean
}

/**
 * Which oldest turns to leave out of a prompt: the fewest that bring it down to the aim. A turn is a
 * question with its answer; the last entry is what always stays.
 */
export function planTrim(options: {
  /** Oldest first. */
  turnTokens: readonly number[]
  aimTokens: number
  /** At least the aim: what would still do. */
  limitTokens: number
}): TrimPlan {
  const { turnTokens, aimTokens, limitTokens } = options
  let promptTokens = turnTokens.reduce((sum, tokens) => sum + tokens, 0)
  let droppedTurns = 0
  while (promptTokens > aimTokens && droppedTurns < turnTokens.length - 1) {
    promptTokens -= turnTokens[droppedTurns] ?? 0
    droppedTurns += 1
  }
  return { droppedTurns, promptTokens, isEnough: promptTokens <= limitTokens }
}
