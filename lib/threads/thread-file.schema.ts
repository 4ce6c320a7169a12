import { z } from 'zod'
import { isErrorCode } from '@/lib/domain/error'
import { samplingSchema } from '@/lib/domain/sampling.schema'
import { THREAD_FILE_FORMAT, THREAD_FILE_VERSION } from '@/lib/domain/thread-file'

const id = z.guid()
const time = z.number().int().min(0)
const figure = z.number()
const count = z.number().int().min(0)

const timingSchema = z.strictObject({
  ttftMs: figure.exactOptional(),
  overheadMs: figure.exactOptional(),
  queueMs: figure.exactOptional(),
  prefillMs: figure.exactOptional(),
  decodeMs: figure.exactOptional(),
  otherMs: figure.exactOptional(),
  e2elMs: figure,
  interTokenMs: z.strictObject({ p50: figure, p95: figure, max: figure }).exactOptional(),
  tokensPerSecond: figure.exactOptional(),
  promptTokens: count.exactOptional(),
  cachedTokens: count.exactOptional(),
  completionTokens: count.exactOptional(),
  aheadRequests: count.exactOptional(),
})

const questionSchema = z.strictObject({
  id,
  parentId: id.nullable(),
  role: z.literal('user'),
  text: z.string(),
  createdAtMs: time,
})

const replySchema = z.strictObject({
  id,
  parentId: id,
  role: z.literal('assistant'),
  text: z.string(),
  reasoning: z.string(),
  partLengths: z.array(count).exactOptional(),
  continuesId: id.exactOptional(),
  editedFromId: id.exactOptional(),
  status: z.enum(['complete', 'stopped', 'interrupted', 'failed']),
  finishReason: z
    .enum(['stop', 'length', 'tool_calls', 'abort', 'error', 'repetition', 'unknown'])
    .exactOptional(),
  error: z
    .strictObject({
      code: z.string().refine(isErrorCode),
      requestId: z.string().exactOptional(),
      details: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
    })
    .exactOptional(),
  model: z.string().exactOptional(),
  isTrimEnd: z.boolean().exactOptional(),
  trimmedToId: id.exactOptional(),
  timing: timingSchema.exactOptional(),
  paint: z.strictObject({ browserTtftMs: figure }).exactOptional(),
  createdAtMs: time,
})

const threadSchema = z.strictObject({
  id,
  title: z.string(),
  createdAtMs: time,
  updatedAtMs: time,
  isPinned: z.boolean(),
  isArchived: z.boolean(),
  sampling: samplingSchema.exactOptional(),
  messages: z.array(z.discriminatedUnion('role', [questionSchema, replySchema])),
})

/** Our own export; a thread of it is complete in itself. */
export const threadFileSchema = z.strictObject({
  format: z.literal(THREAD_FILE_FORMAT),
  version: z.literal(THREAD_FILE_VERSION),
  threads: z.array(threadSchema),
})
