import { z } from 'zod'

export const editParamsSchema = z.strictObject({ id: z.guid() })

/** `id`: of the new reply. */
export const editSchema = z.strictObject({
  id: z.guid(),
  text: z
    .string()
    .refine((text) => text.trim() !== '')
    .transform((text) => text.toWellFormed()),
})
