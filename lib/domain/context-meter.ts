/** What POST /api/tokenize answers: the exact size of the next prompt, template and draft included. */
export type ContextMeter = {
  /** Absent where the engine stopped counting because it is too long. */
  promptTokens?: number
  maxModelLen: number
  /** It does not fit: the engine would refuse it. */
  isTooLong: boolean
  /** Near the limit or beyond it: what could go. */
  trim?: TrimOffer
}

/** From this share of the context on a prompt is near the limit. */
export const NEAR_CONTEXT = 0.9

/** The oldest turns to leave out so that the newest question fits, with room for answers. */
export type TrimOffer = {
  /** Questions of the turns to leave out, oldest first; their answers go with them. */
  questionIds: string[]
  /** The answer that the trim ends with; absent where there is none to leave out. */
  throughId?: string
  /** About what is left: turns are counted by their own tokens. */
  promptTokens: number
  /** False: even the newest question alone does not fit. */
  isEnough: boolean
}
