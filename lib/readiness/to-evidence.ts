import type { EngineWatch, LocalStartPort } from './engine-watch'
import { type LogEvidence, toLogEvidence } from './start-progress'

const LOCAL: Record<ReturnType<LocalStartPort['look']>['state'], LogEvidence> = {
  stopped: 'none',
  starting: 'starting',
  ready: 'serving',
  waiting: 'failed',
  failed: 'failed',
}

/** What is known of the engine's process beside the looks at its port. */
export function toEvidence(options: { watch: EngineWatch; nowMs: number }): LogEvidence {
  const { watch, nowMs } = options
  const { localStart } = watch.options
  if (localStart !== undefined) return LOCAL[localStart.look().state]
  return toLogEvidence({ state: watch.start, nowMs })
}
