import { z } from 'zod'

/** `throughId`: a message of the branch that is shared; without it, the newest branch. */
export const shareSchema = z.strictObject({ throughId: z.guid().optional() })

export const shareParamsSchema = z.strictObject({
  id: z.guid(),
  shareId: z.string().regex(/^[\w-]{22}$/),
})
