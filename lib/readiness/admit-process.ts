import type { EngineMetrics } from '@/lib/engine/read-metrics'

/**
 * Which process of the engine the gate stands open for. Each gets one warm-up when it comes up;
 * one that does not tell when it began counts as new after every time it was away.
 */
export type Admission = {
  /** Counts the processes seen. */
  epoch: number
  /** `away`: none is up. `warming`: its warm-up has not been answered. */
  status: 'away' | 'warming' | 'admitted'
  startedAtMs: number | undefined
  /** Newest last. Replicas behind one address take turns in answering, and none of them is new. */
  known: readonly number[]
}

export const NO_PROCESS: Admission = { epoch: 0, status: 'away', startedAtMs: undefined, known: [] }

const MAX_KNOWN = 64

/** The engine answers and serves the model. A busy one is let in as it is: others have warmed it. */
export function admitProcess(options: {
  admission: Admission
  metrics: EngineMetrics | undefined
  isWarmUpEnabled: boolean
}): Admission {
  const { admission, metrics, isWarmUpEnabled } = options
  const startedAtMs = metrics?.processStartedAtMs
  if (!isNew({ admission, startedAtMs })) return recognise({ admission, startedAtMs })
  const isBusy = (metrics?.runningRequests ?? 0) + (metrics?.waitingRequests ?? 0) > 0
  return {
    epoch: admission.epoch + 1,
    status: isWarmUpEnabled && !isBusy ? 'warming' : 'admitted',
    startedAtMs,
    known: remember(admission.known, startedAtMs),
  }
}

/** The process went away; one whose warm-up was cut off by that gets another. */
export function dismissProcess(admission: Admission): Admission {
  const { status, startedAtMs, known } = admission
  const kept = status === 'warming' ? known.filter((start) => start !== startedAtMs) : known
  return { ...admission, status: 'away', startedAtMs: undefined, known: kept }
}

type Sighting = { admission: Admission; startedAtMs: number | undefined }

function isNew({ admission, startedAtMs }: Sighting): boolean {
  if (startedAtMs === undefined) return admission.status === 'away'
  if (admission.known.includes(startedAtMs)) return false
  return admission.status === 'away' || admission.startedAtMs !== undefined
}

/** Metrics that came late give a name to the process that was let in without one. */
function recognise({ admission, startedAtMs }: Sighting): Admission {
  const { status, known } = admission
  if (status === 'warming' && admission.startedAtMs !== undefined) return admission
  return {
    ...admission,
    status: status === 'away' ? 'admitted' : status,
    startedAtMs: startedAtMs ?? admission.startedAtMs,
    known: remember(known, startedAtMs),
  }
}

function remember(known: readonly number[], startedAtMs: number | undefined): readonly number[] {
  if (startedAtMs === undefined || known.includes(startedAtMs)) return known
  return [...known, startedAtMs].slice(-MAX_KNOWN)
}
