import { z } from 'zod'
import { isSamplingNumber, isStopList, type Sampling, type SamplingNumber } from './sampling'

/** Any other field is refused: what reaches the engine is a list, not what a client thinks of. */
export const samplingSchema: z.ZodType<Sampling> = z.strictObject({
  temperature: numberOf('temperature'),
  topP: numberOf('topP'),
  topK: numberOf('topK'),
  minP: numberOf('minP'),
  presencePenalty: numberOf('presencePenalty'),
  frequencyPenalty: numberOf('frequencyPenalty'),
  repetitionPenalty: numberOf('repetitionPenalty'),
  maxTokens: numberOf('maxTokens'),
  seed: numberOf('seed'),
  // Half a surrogate pair can be neither stored nor sent.
  stop: z
    .array(z.string().transform((text) => text.toWellFormed()))
    .refine(isStopList)
    .exactOptional(),
})

function numberOf(name: SamplingNumber) {
  return z
    .number()
    .refine((value) => isSamplingNumber({ name, value }))
    .exactOptional()
}
