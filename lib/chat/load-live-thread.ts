import type { ChatMessage, ThreadBranch } from '@/lib/domain/message'
import type { RunSnapshot } from './create-run-registry'

type Loaders = {
  loadThread(threadId: string): Promise<ThreadBranch | undefined>
  loadThreadThrough(options: {
    threadId: string
    messageId: string
  }): Promise<ThreadBranch | undefined>
  loadThreadPage(options: {
    threadId: string
    throughId?: string | undefined
    beforeId?: string | undefined
    limit: number
  }): Promise<ThreadBranch | undefined>
}

/** The store's own, of threads as they stand at this moment. */
export function createLiveLoaders(options: {
  store: Loaders
  snapshot: (threadId: string) => RunSnapshot | undefined
}): Loaders {
  const { store, snapshot } = options
  const load = (threadId: string, loadThread: () => Promise<ThreadBranch | undefined>) =>
    loadLiveThread({ threadId, loadThread, snapshot })
  return {
    loadThread: (threadId) => load(threadId, () => store.loadThread(threadId)),
    loadThreadThrough: (through) => load(through.threadId, () => store.loadThreadThrough(through)),
    loadThreadPage: (page) => load(page.threadId, () => store.loadThreadPage(page)),
  }
}

/** A thread as it stands at this moment: a reply that is being written carries its live text. */
export async function loadLiveThread(options: {
  threadId: string
  loadThread: (threadId: string) => Promise<ThreadBranch | undefined>
  snapshot: (threadId: string) => RunSnapshot | undefined
}): Promise<ThreadBranch | undefined> {
  const { threadId, loadThread, snapshot } = options
  const loaded = await loadThread(threadId)
  const written = loaded?.messages.find(isStreaming)
  if (loaded === undefined || written === undefined) return loaded
  const live = snapshot(threadId)
  // Its end was stored between the two looks.
  if (live?.runId !== written.runId) return await loadThread(threadId)
  return {
    ...loaded,
    messages: loaded.messages.map((message) =>
      message === written ? { ...message, text: live.text, reasoning: live.reasoning } : message,
    ),
  }
}

function isStreaming(message: ChatMessage): message is ChatMessage & { role: 'assistant' } {
  return message.role === 'assistant' && message.status === 'streaming'
}
