import { AppError } from '@/lib/domain/error'
import type { ChatMessage, Reply } from '@/lib/domain/message'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { buildMessages } from '@/lib/prompt/build-messages'
import { endRun } from './end-run'
import type { RegistryState } from './registry-state'
import { createRun } from './run'
import { streamReply } from './stream-reply'
import { keepTicking } from './tick-runs'

/**
 * Saves the question, then begins its run; a run that was asked for before is joined, whatever
 * state the engine is in, and never sent again.
 * @throws {AppError} message_conflict, run_active, message_not_found, engine_not_ready,
 *   server_stopping, storage_failed
 */
export async function startRun(
  state: RegistryState,
  request: ChatRequest,
): Promise<{ runId: string; isJoined: boolean }> {
  const acceptedMs = state.options.now()
  const { runId } = request
  const earlier = state.starting.get(runId)
  if (earlier !== undefined) await earlier
  const attempt = saveAndLaunch(state, request, acceptedMs)
  const settled = attempt.catch(() => undefined)
  state.starting.set(runId, settled)
  try {
    return { runId, isJoined: await attempt }
  } finally {
    if (state.starting.get(runId) === settled) state.starting.delete(runId)
  }
}

async function saveAndLaunch(
  state: RegistryState,
  request: ChatRequest,
  acceptedMs: number,
): Promise<boolean> {
  const { store, monitor, createId } = state.options
  if ((await store.findRun(request)) !== undefined) return true
  if (state.isDraining) throw new AppError('server_stopping')
  const model = monitor.requireModel()
  const saved = await store.saveQuestion({ request, replyId: createId(), model })
  if (saved.outcome === 'joined') return true
  launch(state, { reply: saved.reply, history: saved.history, model, acceptedMs })
  return false
}

function launch(
  state: RegistryState,
  options: { reply: Reply; history: ChatMessage[]; model: string; acceptedMs: number },
): void {
  const { engine, monitor, systemPrompt, logger, now } = state.options
  const { reply, history, model, acceptedMs } = options
  const run = createRun({ reply, acceptedMs })
  state.runs.set(run.id, run)
  keepTicking(state)
  const ended = streamReply({
    run,
    now,
    load: () => monitor.load(),
    events: ({ signal }) =>
      engine.streamCompletion({
        model,
        messages: buildMessages({ systemPrompt, history }),
        sessionId: reply.threadId,
        requestId: run.id,
        signal,
      }),
    onFailure: (error) => {
      const level = error.code === 'internal' ? 'error' : 'warn'
      logger[level]({ runId: run.id, code: error.code, err: error }, 'a reply met an error')
      if (error.code.startsWith('engine_')) monitor.reportError(error)
    },
  })
  run.done = ended.then((endedReply) => endRun(state, { run, reply: endedReply }))
}
