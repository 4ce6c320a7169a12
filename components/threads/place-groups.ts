import type { ThreadGroup } from '@/lib/client/group-threads'
import { NAME_PX, ROW_PX, SPACE_PX } from './thread-list-look'
import type { Span } from './use-visible-span'

export type PlacedGroup = {
  group: ThreadGroup
  heightPx: number
  /** The rows to make: from `first` to before `end`; none where the group is out of sight. */
  first: number
  end: number
}

/** Where each group stands, and which of its rows are in sight: every row is as high. */
export function placeGroups(groups: readonly ThreadGroup[], span: Span): PlacedGroup[] {
  let topPx = 0
  return groups.map((group) => {
    const count = group.threads.length
    const rowsTopPx = topPx + NAME_PX
    const heightPx = NAME_PX + count * ROW_PX + SPACE_PX
    topPx += heightPx
    const first = clamp(Math.floor((span.topPx - rowsTopPx) / ROW_PX), count)
    const end = clamp(Math.ceil((span.bottomPx - rowsTopPx) / ROW_PX), count)
    return { group, heightPx, first, end }
  })
}

function clamp(row: number, count: number): number {
  return Math.max(0, Math.min(count, row))
}
