import { z } from 'zod'

const MAX_QUERY = 200

export const searchQuerySchema = z.object({
  q: z.string().max(MAX_QUERY),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  before: z.string().max(20).optional(),
})
