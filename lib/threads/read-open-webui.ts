import { z } from 'zod'
import type { FiledThread } from '@/lib/domain/thread-file'
import { toThreadTitle } from '@/lib/domain/to-thread-title'
import { type ForeignNode, toFiledMessages } from './file-tree'

const time = z.number().nullish()

const messageSchema = z.object({
  id: z.string(),
  parentId: z.string().nullish(),
  role: z.string(),
  content: z.string().nullish(),
  model: z.string().nullish(),
  timestamp: time,
})

/** One chat of Open WebUI's export: a tree of messages by id, with the last one that is shown. */
export const openWebuiChatSchema = z.object({
  title: z.string().nullish(),
  created_at: time,
  updated_at: time,
  archived: z.boolean().nullish(),
  pinned: z.boolean().nullish(),
  chat: z.object({
    title: z.string().nullish(),
    timestamp: time,
    history: z.object({
      currentId: z.string().nullish(),
      messages: z.record(z.string(), messageSchema),
    }),
  }),
})

export function toThreadFromOpenWebui(options: {
  chat: z.infer<typeof openWebuiChatSchema>
  createId: () => string
  nowMs: number
}): FiledThread {
  const { chat, createId, nowMs } = options
  const { history } = chat.chat
  const createdAtMs = toMs(chat.created_at ?? chat.chat.timestamp) ?? nowMs
  const title = toThreadTitle(chat.title ?? chat.chat.title ?? '') || 'Open WebUI'
  const nodes = Object.values(history.messages).map(
    (message): ForeignNode => ({
      id: message.id,
      parentId: message.parentId ?? null,
      role: message.role === 'user' || message.role === 'assistant' ? message.role : undefined,
      text: message.content ?? '',
      model: message.model ?? undefined,
      createdAtMs: toMs(message.timestamp) ?? createdAtMs,
    }),
  )
  const currentId = history.currentId ?? undefined
  return {
    id: createId(),
    title,
    createdAtMs,
    updatedAtMs: toMs(chat.updated_at) ?? createdAtMs,
    isPinned: chat.pinned === true,
    isArchived: chat.archived === true,
    messages: toFiledMessages({ nodes, currentId, untitled: title, createId }),
  }
}

/** Theirs are seconds in some fields and milliseconds in others. */
function toMs(value: number | null | undefined): number | undefined {
  if (value == null) return undefined
  return Math.round(value > 100_000_000_000 ? value : value * 1000)
}
