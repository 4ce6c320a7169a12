import { z } from 'zod'

export const tokenizeSchema = z.strictObject({
  threadId: z.guid(),
  parentId: z.guid().nullable(),
  text: z.string().transform((value) => value.toWellFormed()),
})
