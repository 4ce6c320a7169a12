import { isAppError, toPublicError } from '@/lib/domain/error'
import { endReply, type ThreadContext, updateLive } from './watch-run'

export async function stopReply(context: ThreadContext): Promise<void> {
  const { live } = context.get()
  if (live === undefined || live.isStopping) return
  updateLive(context, live.runId, { isStopping: true, stopError: undefined })
  await stopRun(context, live.runId)
}

/** Stop was pressed while the question was on its way; now the server has it. */
export function stopAcceptedRun(context: ThreadContext, runId: string): void {
  const { live } = context.get()
  if (live?.runId === runId && live.isStopping) void stopRun(context, runId)
}

async function stopRun(context: ThreadContext, runId: string): Promise<void> {
  const wasOnItsWay = context.get().live?.connection === 'sending'
  try {
    const reply = await context.api.stopRun(runId)
    if (context.get().live?.runId === runId) context.following.abort()
    endReply(context, reply)
  } catch (error) {
    if (!isAppError(error)) throw error
    if (error.code === 'run_not_found' && wasOnItsWay) return
    updateLive(context, runId, { isStopping: false, stopError: toPublicError(error) })
  }
}
