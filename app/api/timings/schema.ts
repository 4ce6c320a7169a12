import { z } from 'zod'
import { parseGoodput } from '@/lib/timing/parse-goodput'

const MAX_ROWS = 50_000

const filterShape = {
  threadId: z.guid().exactOptional(),
  model: z.string().min(1).max(300).exactOptional(),
  status: z.enum(['streaming', 'complete', 'stopped', 'interrupted', 'failed']).exactOptional(),
  slowerThanMs: z.coerce.number().min(0).exactOptional(),
  sinceMs: z.coerce.number().min(0).exactOptional(),
}

export const timingsQuerySchema = z.object({
  ...filterShape,
  limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(200),
  after: z.string().max(100).optional(),
})

export const exportQuerySchema = z.object({
  ...filterShape,
  limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(MAX_ROWS),
  format: z.enum(['jsonl', 'csv', 'summary']),
  goodput: z
    .string()
    .max(200)
    .default('')
    .transform(parseGoodput)
    .refine((targets) => targets !== undefined),
})
