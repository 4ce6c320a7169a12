import { replaceReply, selectReply, toReplyLength } from './thread-state'
import type { ThreadContext } from './watch-run'

/** The first text of a reply stands on the screen: told to the server once, where this page asked for it. */
export function notePainted(
  { get, set, api, asked }: ThreadContext,
  { runId, paintedAtMs }: { runId: string; paintedAtMs: number },
): void {
  const own = asked.get(runId)
  const reply = selectReply(get(), runId)
  if (own === undefined || reply === undefined) return
  if (toReplyLength(reply) <= own.begunLength) return
  asked.delete(runId)
  const paint = { browserTtftMs: Math.max(0, paintedAtMs - own.pressedAtMs) }
  set((state) => ({ messages: replaceReply(state.messages, { ...reply, paint }) }))
  void api.savePaint({ messageId: reply.id, paint }).catch(() => {})
}
