import type { TimingPage, TimingRow } from '@/lib/domain/timing-row'

/**
 * The rows with what a page brings, newest first. The same array when nothing has changed, so that
 * what is worked out from it stays as it is.
 */
export function mergeTimingPage({
  rows,
  page,
}: {
  rows: readonly TimingRow[]
  page: Pick<TimingPage, 'rows' | 'goneIds' | 'isWhole'>
}): readonly TimingRow[] {
  if (page.isWhole) return page.rows
  if (page.rows.length === 0 && page.goneIds.length === 0) return rows
  const changed = new Map(page.rows.map((row) => [row.messageId, row]))
  const gone = new Set(page.goneIds)
  const kept = rows.flatMap((row) => {
    if (gone.has(row.messageId)) return []
    const next = changed.get(row.messageId)
    changed.delete(row.messageId)
    return [next ?? row]
  })
  const added = [...changed.values()].sort((a, b) => b.createdAtMs - a.createdAtMs)
  return [...added, ...kept]
}
