import type { ChatMessage } from './message'

/** A piece of a text that was found; `isHit`: it is what was searched for. */
export type SnippetPart = { text: string; isHit: boolean }

/** A message, or the title of a thread (then without `messageId` and `role`), that holds all that was searched for. */
export type SearchHit = {
  threadId: string
  threadTitle: string
  messageId?: string
  role?: ChatMessage['role']
  createdAtMs: number
  snippet: SnippetPart[]
}

/** What was written last comes first. `next`: where the rest begins; absent at the end. */
export type SearchPage = { hits: SearchHit[]; next?: string }
