import { z } from 'zod'
import type { FiledThread } from '@/lib/domain/thread-file'
import { toThreadTitle } from '@/lib/domain/to-thread-title'
import { type ForeignNode, toFiledMessages } from './file-tree'

const seconds = z.number().nullish()

const messageSchema = z.object({
  author: z.object({ role: z.string() }),
  create_time: seconds,
  content: z.object({
    content_type: z.string().nullish(),
    parts: z.array(z.unknown()).nullish(),
    text: z.string().nullish(),
  }),
  metadata: z
    .object({
      model_slug: z.string().nullish(),
      is_visually_hidden_from_conversation: z.boolean().nullish(),
    })
    .nullish(),
})

/** One conversation of ChatGPT's conversations.json: a tree of nodes, some without a message. */
export const chatgptConversationSchema = z.object({
  title: z.string().nullish(),
  create_time: seconds,
  update_time: seconds,
  is_archived: z.boolean().nullish(),
  current_node: z.string().nullish(),
  mapping: z.record(
    z.string(),
    z.object({ message: messageSchema.nullish(), parent: z.string().nullish() }),
  ),
})

type Conversation = z.infer<typeof chatgptConversationSchema>

export function toThreadFromChatgpt(options: {
  conversation: Conversation
  createId: () => string
  nowMs: number
}): FiledThread {
  const { conversation, createId, nowMs } = options
  const createdAtMs = toMs(conversation.create_time) ?? nowMs
  const nodes = Object.entries(conversation.mapping).map(([id, node]) =>
    toNode({ id, node, createdAtMs }),
  )
  const title = toThreadTitle(conversation.title ?? '') || 'ChatGPT'
  const currentId = conversation.current_node ?? undefined
  return {
    id: createId(),
    title,
    createdAtMs,
    updatedAtMs: toMs(conversation.update_time) ?? createdAtMs,
    isPinned: false,
    isArchived: conversation.is_archived === true,
    messages: toFiledMessages({ nodes, currentId, untitled: title, createId }),
  }
}

function toNode(options: {
  id: string
  node: Conversation['mapping'][string]
  createdAtMs: number
}): ForeignNode {
  const { id, node, createdAtMs } = options
  const { message } = node
  const { parts, text } = message?.content ?? {}
  const texts = (parts ?? [text]).filter((part): part is string => typeof part === 'string')
  const role = message?.author.role
  const isShown =
    (role === 'user' || role === 'assistant') &&
    message?.metadata?.is_visually_hidden_from_conversation !== true &&
    texts.some((part) => part !== '')
  return {
    id,
    parentId: node.parent ?? null,
    role: isShown ? role : undefined,
    text: texts.join('\n'),
    model: message?.metadata?.model_slug ?? undefined,
    createdAtMs: toMs(message?.create_time) ?? createdAtMs,
  }
}

function toMs(value: number | null | undefined): number | undefined {
  return value == null ? undefined : Math.round(value * 1000)
}
