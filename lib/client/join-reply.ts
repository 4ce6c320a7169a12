import { BRANCH_PAGE } from './load-branch'
import { selectLastStoredId, toReplyLength } from './thread-state'
import { endReply, type ThreadContext, updateLive, watchRun } from './watch-run'

/** Goes on with the newest reply from the last character that is here; does nothing for an ended one. */
export async function joinReply(context: ThreadContext): Promise<void> {
  const { messages, live } = context.get()
  const reply = messages.at(-1)
  if (reply?.role !== 'assistant' || reply.status !== 'streaming') return
  if (live !== undefined && live.connection !== 'lost') return
  const { runId } = reply
  const position = toReplyLength(reply)
  context.following = new AbortController()
  const error = await watchRun(context, {
    runId,
    startedAtMs: live?.startedAtMs,
    position,
    signal: context.following.signal,
    open: (signal) => context.api.joinRun({ runId, after: position, signal }),
    onOpen: () => {},
  })
  if (error !== undefined) await settleLostRun(context, runId)
}

/** The stream is gone for good: the stored end is shown where there is one, else a way to join again. */
export async function settleLostRun(context: ThreadContext, runId: string): Promise<void> {
  const state = context.get()
  const loaded = await context.api
    .loadThread({
      ...{ threadId: state.threadId, throughId: selectLastStoredId(state) },
      limit: BRANCH_PAGE,
    })
    .catch(() => undefined)
  const reply = loaded?.messages.find(
    (message) => message.role === 'assistant' && message.runId === runId,
  )
  if (reply?.role === 'assistant' && reply.status !== 'streaming') endReply(context, reply)
  else updateLive(context, runId, { connection: 'lost', isStopping: false })
}
