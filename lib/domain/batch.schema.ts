import { z } from 'zod'
import {
  BATCH_FORMATS,
  type BatchAction,
  type BatchPlan,
  type BatchReading,
  MAX_BATCH_CONCURRENCY,
} from './batch'
import { samplingSchema } from './sampling.schema'

const MAX_TEXT = 100_000
const DAY_MS = 86_400_000

export const batchReadingSchema: z.ZodType<BatchReading> = z.strictObject({
  format: z.enum(BATCH_FORMATS),
  column: z.string().min(1).max(1000).exactOptional(),
  template: z.string().min(1).max(MAX_TEXT).exactOptional(),
})

const batchPlanSchema: z.ZodType<BatchPlan> = z.strictObject({
  concurrency: z.int().min(1).max(MAX_BATCH_CONCURRENCY),
  isAdaptive: z.boolean(),
  spacingMs: z.int().min(0).max(DAY_MS),
  maxAttempts: z.int().min(1).max(100),
  sampling: samplingSchema,
  systemPrompt: z.string().max(MAX_TEXT).exactOptional(),
  model: z.string().min(1).max(300).exactOptional(),
})

export const batchActionSchema: z.ZodType<BatchAction> = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('start'),
    plan: batchPlanSchema,
    isSkippingBad: z.boolean(),
  }),
  z.strictObject({
    action: z.literal('compare'),
    plan: batchPlanSchema,
    rows: z.int().min(1).max(1000),
  }),
  z.strictObject({ action: z.literal('retry') }),
  z.strictObject({ action: z.literal('pause') }),
  z.strictObject({ action: z.literal('resume') }),
  z.strictObject({ action: z.literal('cancel') }),
])
