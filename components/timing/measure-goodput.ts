import type { GoodputTargets } from '@/lib/domain/bench-summary'
import type { TimingRow } from '@/lib/domain/timing-row'
import { isGood } from '@/lib/timing/summarize-timings'

export type Goodput = {
  /** Complete, failed and interrupted replies; those stopped by hand or still running count nowhere. */
  judged: number
  good: number
}

/** How many replies met every target; one that failed met none. */
export function measureGoodput({
  rows,
  targets,
}: {
  rows: readonly TimingRow[]
  targets: GoodputTargets
}): Goodput {
  const goodput = { judged: 0, good: 0 }
  for (const { status, timing } of rows) {
    if (status === 'stopped' || status === 'streaming') continue
    goodput.judged += 1
    if (status === 'complete' && timing !== undefined && isGood(timing, targets)) goodput.good += 1
  }
  return goodput
}
