import { z } from 'zod'

export const exportQuerySchema = z.object({
  format: z.enum(['json', 'markdown', 'openai', 'sharegpt']).default('json'),
})
