const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const STEPS_MS = [
  ...[1, 2, 5, 10, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  ...[1, 2, 7, 14, 30, 91, 365].map((count) => count * DAY_MS),
]

/** Instants on whole seconds, minutes, hours or days of a time zone, at most about `count`. */
export function toTimeTicks({
  min,
  max,
  count,
  offsetMs = 0,
}: {
  min: number
  max: number
  count: number
  /** Of the time zone: its days begin elsewhere. */
  offsetMs?: number
}): { ticks: number[]; stepMs: number } {
  const stepMs = STEPS_MS.find((step) => (max - min) / step <= count) ?? 365 * DAY_MS
  const first = Math.ceil((min + offsetMs) / stepMs)
  const last = Math.floor((max + offsetMs) / stepMs)
  const ticks = Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, index) => (first + index) * stepMs - offsetMs,
  )
  return { ticks, stepMs }
}

/** How such a tick is written: a date where they are days apart, seconds where they are not minutes. */
export function toTickFormat(stepMs: number): Intl.DateTimeFormatOptions {
  if (stepMs >= DAY_MS) return { month: 'short', day: 'numeric' }
  if (stepMs >= MINUTE_MS) return { hour: '2-digit', minute: '2-digit', hour12: false }
  return { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }
}
