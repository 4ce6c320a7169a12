import type { TimingRow } from '@/lib/domain/timing-row'

/** The newest rows of the debug view. Rejects when our server does not answer with them. */
export async function fetchTimingRows({
  limit,
  signal,
}: {
  limit: number
  signal: AbortSignal
}): Promise<TimingRow[]> {
  const response = await fetch(`/api/timings?limit=${limit}`, { cache: 'no-store', signal })
  if (!response.ok) throw new Error(`timings: HTTP ${response.status}`)
  return parseTimingRows(await response.json())
}

/** Our own server wrote it: enough to tell it from something else that answered. @throws {TypeError} */
export function parseTimingRows(value: unknown): TimingRow[] {
  if (typeof value === 'object' && value !== null && 'rows' in value && isRows(value.rows)) {
    return value.rows
  }
  throw new TypeError('not timing rows')
}

function isRows(value: unknown): value is TimingRow[] {
  return (
    Array.isArray(value) &&
    value.every((row) => typeof row === 'object' && row !== null && 'messageId' in row)
  )
}
