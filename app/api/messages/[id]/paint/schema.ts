import { z } from 'zod'
import type { PaintTiming } from '@/lib/domain/reply-timing'

const DAY_MS = 24 * 60 * 60 * 1000

export const paintParamsSchema = z.strictObject({ id: z.guid() })

export const paintSchema: z.ZodType<PaintTiming> = z.strictObject({
  browserTtftMs: z.number().min(0).max(DAY_MS),
})
