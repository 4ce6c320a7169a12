import { z } from 'zod'

export const threadParamsSchema = z.strictObject({ id: z.guid() })

/** `reply`: a message that the branch goes through. */
export const threadQuerySchema = z.object({ reply: z.guid().optional() })
