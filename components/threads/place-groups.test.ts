import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ThreadGroup } from '@/lib/client/group-threads'
import { placeGroups } from './place-groups'
import { NAME_PX, ROW_PX, SPACE_PX } from './thread-list-look'

const group = (count: number, at: number): ThreadGroup => ({
  name: `2026-${at}`,
  atMs: at,
  threads: Array.from({ length: count }, (_, row) => ({
    ...{ id: `${at}.${row}`, title: '', createdAtMs: 0, updatedAtMs: 0 },
    ...{ isPinned: false, isArchived: false, isRunning: false },
  })),
})

it('makes every row that is in the span, and few others, however many there are', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(
      counts,
      fc.nat(200_000),
      fc.integer({ min: 100, max: 3_000 }),
      (sizes, topPx, px) => {
        const bottomPx = topPx + px
        const placed = placeGroups(sizes.map(group), { topPx, bottomPx })
        let at = 0
        let made = 0
        for (const { group: one, heightPx, first, end } of placed) {
          one.threads.forEach((_, row) => {
            const rowTop = at + NAME_PX + row * ROW_PX
            const isInSpan = rowTop < bottomPx && rowTop + ROW_PX > topPx
            if (isInSpan) expect(row >= first && row < end).toBe(true)
          })
          made += end - first
          at += heightPx
        }
        expect(made).toBeLessThanOrEqual(px / ROW_PX + 2)
        expect(at).toBe(sizes.reduce((sum, count) => sum + NAME_PX + SPACE_PX + count * ROW_PX, 0))
      },
    ),
  )
})
