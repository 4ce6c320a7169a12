import { z } from 'zod'

export const ledgerQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(5000).default(200),
  messageId: z.guid().optional(),
})
