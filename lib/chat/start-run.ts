import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '@/lib/domain/error'
import type { ChatMessage, Reply } from '@/lib/domain/message'
import { isSamplingEmpty, type Sampling } from '@/lib/domain/sampling'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import { buildMessages } from '@/lib/prompt/build-messages'
import { countAhead } from './count-ahead'
import { endRun } from './end-run'
import type { RegistryState } from './registry-state'
import { createRun, type Run } from './run'
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
  const { store, createId } = state.options
  let model: string
  try {
    model = requireModel(state)
  } catch (refusal) {
    if ((await store.findRun(request)) !== undefined) return true
    throw refusal
  }
  const saved = await store.saveQuestion({ request, replyId: createId(), model })
  if (saved.outcome === 'joined') return true
  const { reply, history, sampling } = saved
  launch(state, { reply, history, sampling, model, acceptedMs })
  await untilSent()
  return false
}

/**
 * What answers the page is work that the engine must not wait for: a kept connection is written to a
 * turn after the request was made.
 */
async function untilSent(): Promise<void> {
  await nextTurn()
  await nextTurn()
}

function requireModel({ isDraining, options }: RegistryState): string {
  if (isDraining) throw new AppError('server_stopping')
  return options.monitor.requireModel()
}

function launch(
  state: RegistryState,
  options: {
    reply: Reply
    history: ChatMessage[]
    sampling: Sampling
    model: string
    acceptedMs: number
  },
): void {
  const { engine, monitor, systemPrompt, logger, now, observer, toTraceparent } = state.options
  const { reply, history, sampling, model, acceptedMs } = options
  const traceparent = toTraceparent(reply)
  const run = createRun({ reply, marks: { model, history, sampling, traceparent, acceptedMs } })
  state.runs.set(run.id, run)
  observer.started({ reply, acceptedMs })
  keepTicking(state)
  const ended = streamReply({
    run,
    now,
    lookAhead: () => lookAhead(state, run),
    maxLength: state.options.maxReplyLength,
    events: ({ signal }) =>
      engine.streamCompletion({
        model,
        messages: buildMessages({ systemPrompt, history }),
        ...(isSamplingEmpty(sampling) ? {} : { sampling }),
        ...(reply.continuesId === undefined ? {} : { isContinuation: true }),
        sessionId: reply.threadId,
        requestId: run.id,
        ...(traceparent === undefined ? {} : { traceparent }),
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

function lookAhead(state: RegistryState, run: Run) {
  const load = state.options.monitor.load()
  if (load === undefined) return undefined
  const own = [...state.runs.values()]
    .filter((other) => other !== run)
    .map(({ marks, closedMs }) => ({ sentMs: marks.sentMs, closedMs }))
  const aheadRequests = countAhead({ load, own })
  return { aheadRequests, isQueued: load.waitingRequests > 0 && aheadRequests > 0 }
}
