import { z } from 'zod'

export const timingsQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(200),
})
