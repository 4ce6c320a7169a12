/** Sampling fields a client may ask for; each is sent only when set, else the model's own defaults hold. */
export type Sampling = {
  temperature?: number
  topP?: number
  topK?: number
  minP?: number
  presencePenalty?: number
  frequencyPenalty?: number
  repetitionPenalty?: number
  maxTokens?: number
  seed?: number
  stop?: string[]
}

export type SamplingNumber = Exclude<keyof Sampling, 'stop'>

type Range = { min: number; max: number; isInteger: boolean; isMinExcluded: boolean }

const UP_TO_INT_32 = 2 ** 31 - 1

/**
 * What vLLM accepts (vllm/sampling_params.py, `_verify_args`). Where it sets no end, ours is: 32 bits
 * for counts, the integers that survive JSON for the seed, and 100 for the repetition penalty, which
 * overflows the engine's floats when it is far larger.
 */
export const SAMPLING_RANGES: Readonly<Record<SamplingNumber, Range>> = {
  temperature: { min: 0, max: 2, isInteger: false, isMinExcluded: false },
  topP: { min: 0, max: 1, isInteger: false, isMinExcluded: true },
  topK: { min: -1, max: UP_TO_INT_32, isInteger: true, isMinExcluded: false },
  minP: { min: 0, max: 1, isInteger: false, isMinExcluded: false },
  presencePenalty: { min: -2, max: 2, isInteger: false, isMinExcluded: false },
  frequencyPenalty: { min: -2, max: 2, isInteger: false, isMinExcluded: false },
  repetitionPenalty: { min: 0, max: 100, isInteger: false, isMinExcluded: true },
  maxTokens: { min: 1, max: UP_TO_INT_32, isInteger: true, isMinExcluded: false },
  seed: {
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    isInteger: true,
    isMinExcluded: false,
  },
}

const MAX_STOPS = 4
const MAX_STOP_LENGTH = 256

export function isSamplingNumber({
  name,
  value,
}: {
  name: SamplingNumber
  value: number
}): boolean {
  const { min, max, isInteger, isMinExcluded } = SAMPLING_RANGES[name]
  if (!Number.isFinite(value) || (isInteger && !Number.isInteger(value))) return false
  return (isMinExcluded ? value > min : value >= min) && value <= max
}

export function isStopList(stop: readonly string[]): boolean {
  if (stop.length === 0 || stop.length > MAX_STOPS) return false
  return stop.every((text) => text !== '' && text.length <= MAX_STOP_LENGTH)
}

export function isSamplingEmpty(sampling: Sampling): boolean {
  return Object.keys(sampling).length === 0
}
