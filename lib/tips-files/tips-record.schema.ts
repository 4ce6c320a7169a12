import { z } from 'zod'
import { MEASUREMENTS, TIPS_FIGURES, type TipsRecord } from '@/lib/domain/tips'

const count = z.number().nonnegative()

const engineSchema = z.object({
  model: z.string(),
  version: z.string().exactOptional(),
  maxModelLen: count.exactOptional(),
  blockSizeTokens: count.exactOptional(),
  kvCacheTokens: count.exactOptional(),
  kvCacheDtype: z.string().exactOptional(),
  isPrefixCachingEnabled: z.boolean().exactOptional(),
  gpuMemoryFraction: count.exactOptional(),
  processStartedAtMs: count.exactOptional(),
})

const recordSchema = z.object({
  id: z.string(),
  label: z.string(),
  startedAtMs: count,
  durationMs: count,
  engine: engineSchema,
  measurements: z.array(z.enum(MEASUREMENTS)),
  series: z.array(
    z.object({
      measurement: z.enum(MEASUREMENTS),
      at: count,
      figure: z.enum(TIPS_FIGURES),
      values: z.array(count),
    }),
  ),
  requests: count,
  completionTokens: count,
  traffic: z.object({ requestsAtStart: count, foreignTokens: count }).exactOptional(),
})

/** `undefined` for a text that is no record. Never throws. */
export function parseTipsRecord(text: string): TipsRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
