import type { StartFailure } from '@/lib/domain/readiness'

const MOST_MS = 60_000

/** 1, 2, 4 … 60 s, by the number of starts in a row that did not last. */
export function toBackoffMs(fruitlessStarts: number): number {
  return Math.min(MOST_MS, 1000 * 2 ** Math.min(fruitlessStarts, 10))
}

/** What may be gone at the next try; everything else that a log names, the same start would only meet again. */
const PASSING: ReadonlySet<string> = new Set([
  'gpu-memory-taken',
  'gpu-out-of-memory',
  'cpu-memory-low',
  'hub-unreachable',
  'port-in-use',
  'disk-full',
  'terminated',
  'engine-core-failed',
])

export function isWorthARestart(failure: StartFailure | undefined): boolean {
  return failure === undefined || PASSING.has(failure.code)
}
