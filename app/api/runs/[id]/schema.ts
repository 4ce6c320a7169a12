import { z } from 'zod'

const position = z.coerce.number().int().min(0)

export const runParamsSchema = z.strictObject({ id: z.guid() })

/** `after`: how many characters of the reply the reader has. */
export const followQuerySchema = z.object({ after: position.default(0) })

/** What a browser's EventSource sends when it connects again; it is newer than the address. */
export const lastEventIdSchema = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .optional()
  .catch(undefined)
