import { z } from 'zod'
import { parseGoodput } from '@/lib/timing/parse-goodput'

const MAX_ROWS_AT_ONCE = 500

export const batchParamsSchema = z.strictObject({ id: z.guid() })

export const batchNameSchema = z.object({
  name: z
    .string()
    .max(200)
    .transform((name) => name.toWellFormed()),
})

export const batchRowsQuerySchema = z.object({
  first: z.coerce.number().int().min(0),
  count: z.coerce.number().int().min(1).max(MAX_ROWS_AT_ONCE),
})

export const batchResultsQuerySchema = z.object({
  format: z.enum(['csv', 'jsonl', 'openai']),
  order: z.enum(['input', 'done']).default('input'),
})

export const batchSummaryQuerySchema = z.object({
  goodput: z
    .string()
    .max(200)
    .default('')
    .transform(parseGoodput)
    .refine((targets) => targets !== undefined),
})
