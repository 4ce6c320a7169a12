import { saveLeftEnds } from './end-run'
import { activeRuns, type RegistryState } from './registry-state'
import { abortRun, setProgress } from './run'
import { toProgress } from './to-progress'

const LOOK_TIMEOUT_MS = 750

/** Keeps the books at every checkpoint as long as there is a run to keep them for. */
export function keepTicking(state: RegistryState): void {
  state.stopTicking ??= state.options.every(() => tick(state), state.options.checkpointMs)
}

export function stopTicking(state: RegistryState): void {
  state.stopTicking?.()
  state.stopTicking = undefined
}

function tick(state: RegistryState): void {
  endUnwatched(state)
  letGoLaggards(state)
  forgetEnded(state)
  void checkpoint(state)
  void pollProgress(state)
  if (state.runs.size === 0 && state.starting.size === 0) stopTicking(state)
}

function endUnwatched(state: RegistryState): void {
  const { now, backgroundMs } = state.options
  for (const run of activeRuns(state)) {
    const { unwatchedSinceMs } = run
    if (unwatchedSinceMs !== undefined && now() - unwatchedSinceMs >= backgroundMs) {
      abortRun(run, 'unwatched')
    }
  }
}

function letGoLaggards(state: RegistryState): void {
  for (const run of state.runs.values()) {
    for (const follower of [...run.followers]) {
      if (follower.lag() > state.options.maxLagLength) follower.close()
    }
  }
}

function forgetEnded(state: RegistryState): void {
  const { now, rememberMs } = state.options
  for (const [id, { end }] of state.runs) {
    if (end === undefined || end.unsaved !== undefined) continue
    if (now() - end.atMs >= rememberMs) state.runs.delete(id)
  }
}

/** One transaction for all runs whose text grew. */
async function checkpoint(state: RegistryState): Promise<void> {
  if (state.isCheckpointing) return
  state.isCheckpointing = true
  try {
    await saveLeftEnds(state)
    const grown = activeRuns(state)
      .filter((run) => run.buffer.length() > run.checkpointedLength)
      .map((run) => ({ run, length: run.buffer.length() }))
    if (grown.length === 0) return
    await state.options.store.checkpointReplies(
      grown.map(({ run }) => ({
        id: run.reply.id,
        ...run.buffer.written(),
      })),
    )
    for (const { run, length } of grown) run.checkpointedLength = length
  } catch (error) {
    state.options.logger.error({ err: error }, 'replies could not be checkpointed')
  } finally {
    state.isCheckpointing = false
  }
}

/** Asks the engine what those without a token wait for; no question while every run has one. */
async function pollProgress(state: RegistryState): Promise<void> {
  const isWaiting = () =>
    activeRuns(state).filter(
      (run) => run.marks.sentMs !== undefined && run.buffer.length() === run.begunLength,
    )
  if (state.isPolling || state.closing.signal.aborted || isWaiting().length === 0) return
  state.isPolling = true
  try {
    const askedMs = state.options.now()
    const metrics = await state.options.engine.readMetrics({
      signal: state.closing.signal,
      timeoutMs: LOOK_TIMEOUT_MS,
    })
    if (metrics?.runningRequests === undefined || metrics.waitingRequests === undefined) return
    const load = {
      runningRequests: metrics.runningRequests,
      waitingRequests: metrics.waitingRequests,
    }
    // Those sent while the engine was asked may be missing in its answer.
    const waiting = isWaiting().filter((run) => (run.marks.sentMs ?? 0) < askedMs)
    waiting.sort((a, b) => (b.marks.sentMs ?? 0) - (a.marks.sentMs ?? 0))
    waiting.forEach((run, youngerRequests) => {
      setProgress(run, toProgress({ load, youngerRequests }))
    })
  } catch {
    // The progress stays as it was: the stream itself tells when the engine is gone.
  } finally {
    state.isPolling = false
  }
}
