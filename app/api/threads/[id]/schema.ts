import { z } from 'zod'

export const threadParamsSchema = z.strictObject({ id: z.guid() })

/**
 * `reply` or `through`: a message that the branch goes through. With `limit` the last so many of its
 * messages, or of those above `before`.
 */
export const threadQuerySchema = z
  .object({
    reply: z.guid().optional(),
    through: z.guid().optional(),
    before: z.guid().optional(),
    limit: z.coerce.number().int().min(1).max(1000).optional(),
  })
  .transform(({ reply, through, ...page }) => ({ ...page, throughId: through ?? reply }))

const MAX_TITLE = 200

export const threadChangeSchema = z
  .strictObject({
    title: z
      .string()
      .max(MAX_TITLE)
      .refine((title) => title.trim() !== '')
      .transform((title) => title.trim().toWellFormed())
      .optional(),
    isPinned: z.boolean().optional(),
    isArchived: z.boolean().optional(),
    ifUpdatedAtMs: z.number().int().min(0).optional(),
  })
  .refine(({ ifUpdatedAtMs: _, ...change }) =>
    Object.values(change).some((value) => value !== undefined),
  )

export const emptyBodySchema = z.strictObject({})
