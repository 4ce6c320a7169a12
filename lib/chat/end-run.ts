import { AppError, isAppError, toPublicError } from '@/lib/domain/error'
import type { Reply } from '@/lib/domain/message'
import type { RegistryState } from './registry-state'
import { closeRun, type Run, type RunEnd } from './run'
import { toClosingChunks } from './to-closing-chunks'

/**
 * Stores the end, then tells the readers. What could not be stored is never told as saved: the
 * stream ends with `storage_failed`, and the end is stored later when there is room again.
 */
export async function endRun(
  state: RegistryState,
  { run, reply }: { run: Run; reply: Reply },
): Promise<RunEnd> {
  const { now, logger, observer } = state.options
  const unsaved = await saveEnd(state, reply)
  const end = { reply, atMs: now(), ...(unsaved === undefined ? {} : { unsaved }) }
  run.end = end
  closeRun(run, toClosingChunks(unsaved === undefined ? reply : toUnsavedReply(reply, unsaved)))
  observer.ended({ reply, marks: run.marks })
  const { status, timing, error } = reply
  logger.info(
    { runId: run.id, status, ttftMs: timing?.ttftMs, e2elMs: timing?.e2elMs, code: error?.code },
    'a reply ended',
  )
  return end
}

/** Tries again to store the ends that could not be stored; a thread stays shut until then. */
export async function saveLeftEnds(state: RegistryState): Promise<void> {
  for (const run of state.runs.values()) {
    if (run.end?.unsaved === undefined) continue
    if ((await saveEnd(state, run.end.reply)) === undefined) delete run.end.unsaved
  }
}

async function saveEnd(state: RegistryState, reply: Reply): Promise<AppError | undefined> {
  try {
    await state.options.store.finishReply(reply)
    return undefined
  } catch (cause) {
    const error = isAppError(cause) ? cause : new AppError('internal', { cause })
    state.options.logger.error(
      { runId: reply.runId, code: error.code, err: error },
      'the end of a reply could not be stored',
    )
    return error
  }
}

function toUnsavedReply(reply: Reply, error: AppError): Reply {
  return { ...reply, status: 'failed', error: toPublicError(error, reply.runId) }
}
