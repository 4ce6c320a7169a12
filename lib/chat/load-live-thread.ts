import type { ChatMessage, Thread } from '@/lib/domain/message'
import type { RunSnapshot } from './create-run-registry'

type LoadedThread = { thread: Thread; messages: ChatMessage[] }

/** A thread as it stands at this moment: a reply that is being written carries its live text. */
export async function loadLiveThread(options: {
  threadId: string
  loadThread: (threadId: string) => Promise<LoadedThread | undefined>
  snapshot: (threadId: string) => RunSnapshot | undefined
}): Promise<LoadedThread | undefined> {
  const { threadId, loadThread, snapshot } = options
  const loaded = await loadThread(threadId)
  if (loaded === undefined || !loaded.messages.some(isStreaming)) return loaded
  const live = snapshot(threadId)
  // Its end was stored between the two looks.
  if (live === undefined) return await loadThread(threadId)
  return {
    ...loaded,
    messages: loaded.messages.map((message) =>
      isStreaming(message) && message.runId === live.runId
        ? { ...message, text: live.text, reasoning: live.reasoning }
        : message,
    ),
  }
}

function isStreaming(message: ChatMessage): message is ChatMessage & { role: 'assistant' } {
  return message.role === 'assistant' && message.status === 'streaming'
}
