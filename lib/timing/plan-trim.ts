export type TrimPlan = {
  /** How many of the oldest turns have to go. */
  droppedTurns: number
  /** What is left of the prompt. */
  promptTokens: number
  /** False: the newest turn, which always stays, does not fit even alone. */
  isEnough: boolean
}

/**
 * Which oldest turns to leave out so that a prompt fits: the fewest that do. A turn is a question with its
 * answer; the last one is the question to be sent and stays, as does the system prompt.
 */
export function planTrim(options: {
  /** Oldest first. */
  turnTokens: readonly number[]
  maxModelLen: number
  /** Kept free for the answer. */
  reserveTokens: number
  /** Of the system prompt and of what the template adds once. */
  fixedTokens?: number
}): TrimPlan {
  const { turnTokens, maxModelLen, reserveTokens, fixedTokens = 0 } = options
  const roomTokens = maxModelLen - reserveTokens
  let promptTokens = turnTokens.reduce((sum, tokens) => sum + tokens, fixedTokens)
  let droppedTurns = 0
  while (promptTokens > roomTokens && droppedTurns < turnTokens.length - 1) {
    promptTokens -= turnTokens[droppedTurns] ?? 0
    droppedTurns += 1
  }
  return { droppedTurns, promptTokens, isEnough: promptTokens <= roomTokens }
}
