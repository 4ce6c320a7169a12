import { activeRuns, type RegistryState } from './registry-state'
import { abortRun } from './run'
import { stopTicking } from './tick-runs'

/** The readers' sockets take the last chunks in this time, or lose them to the end of the process. */
const FLUSH_MS = 500

/**
 * New runs are refused from now on; those that run get the grace to end by themselves, then the
 * engine is stopped and each is stored as interrupted.
 */
export async function drainRuns(
  state: RegistryState,
  { graceMs }: { graceMs: number },
): Promise<void> {
  state.isDraining = true
  await within(state, graceMs, settleAll(state))
  await Promise.all(state.starting.values())
  for (const run of activeRuns(state)) abortRun(run, 'server-stopping')
  await settleAll(state)
  state.closing.abort()
  stopTicking(state)
  await within(state, FLUSH_MS, readersLeft(state))
  for (const run of state.runs.values()) {
    for (const follower of [...run.followers]) follower.close()
  }
}

async function settleAll(state: RegistryState): Promise<void> {
  await Promise.all(state.starting.values())
  await Promise.all(activeRuns(state).map((run) => run.done))
}

async function readersLeft(state: RegistryState): Promise<void> {
  const followers = [...state.runs.values()].flatMap((run) => [...run.followers])
  await Promise.all(followers.map((follower) => follower.closed))
}

async function within(state: RegistryState, limitMs: number, work: Promise<void>): Promise<void> {
  const timer = new AbortController()
  await Promise.race([work, state.options.sleep(limitMs, timer.signal)])
  timer.abort()
}
