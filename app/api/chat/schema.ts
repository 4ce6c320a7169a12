import { z } from 'zod'
import { samplingSchema } from '@/lib/domain/sampling.schema'
import type { ChatRequest } from '@/lib/domain/stream-chunk'

/** Half a surrogate pair cannot be stored; the text must stay the same however often it is sent. */
const text = z
  .string()
  .refine((value) => value.trim() !== '')
  .transform((value) => value.toWellFormed())

export const chatRequestSchema: z.ZodType<ChatRequest> = z.strictObject({
  threadId: z.guid(),
  parentId: z.guid().nullable(),
  runId: z.guid(),
  message: z.strictObject({ id: z.guid(), text }),
  sampling: samplingSchema.exactOptional(),
  continues: z.guid().exactOptional(),
  isTemporary: z.literal(true).exactOptional(),
})
