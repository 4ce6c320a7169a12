import { z } from 'zod'

export const trimSchema = z.strictObject({ replyId: z.guid(), isTrimEnd: z.boolean() })
