import type { BatchRowStatus } from '@/lib/domain/batch'

export type JournalPlace = { at: number; bytes: number }

/** Where the result of each row stands: some bytes a row, so that 100,000 are held easily. */
export type JournalIndex = {
  set(entry: JournalPlace & { row: number; status: BatchRowStatus }): void
  statusOf(row: number): BatchRowStatus | undefined
  placeOf(row: number): JournalPlace | undefined
  count(): number
  counts(): Record<BatchRowStatus, number>
  /** Rows that have a result, as they are at this moment. */
  rows(order: 'input' | 'done'): readonly number[]
}

const STATUSES = ['complete', 'interrupted', 'failed'] as const
const FIRST_CAPACITY = 1024

export function createJournalIndex(): JournalIndex {
  // 0: none, else one more than its place among the statuses.
  let codes = new Uint8Array(FIRST_CAPACITY)
  let places = new Float64Array(FIRST_CAPACITY)
  let lengths = new Uint32Array(FIRST_CAPACITY)
  const totals = [0, 0, 0]

  const grow = (row: number) => {
    if (row < codes.length) return
    const capacity = Math.max(row + 1, codes.length * 2)
    codes = copyInto(new Uint8Array(capacity), codes)
    places = copyInto(new Float64Array(capacity), places)
    lengths = copyInto(new Uint32Array(capacity), lengths)
  }
  const tally = (code: number, by: number) => {
    if (code > 0) totals[code - 1] = (totals[code - 1] ?? 0) + by
  }

  return {
    set({ row, status, at, bytes }) {
      grow(row)
      const code = STATUSES.indexOf(status) + 1
      tally(codes[row] ?? 0, -1)
      tally(code, 1)
      codes[row] = code
      places[row] = at
      lengths[row] = bytes
    },
    statusOf: (row) => STATUSES[(codes[row] ?? 0) - 1],
    placeOf(row) {
      if ((codes[row] ?? 0) === 0) return undefined
      return { at: places[row] ?? 0, bytes: lengths[row] ?? 0 }
    },
    count: () => totals.reduce((sum, count) => sum + count, 0),
    counts: () => ({
      complete: totals[0] ?? 0,
      interrupted: totals[1] ?? 0,
      failed: totals[2] ?? 0,
    }),
    rows(order) {
      const rows: number[] = []
      for (const [row, code] of codes.entries()) if (code > 0) rows.push(row)
      const now = places
      return order === 'input' ? rows : rows.sort((a, b) => (now[a] ?? 0) - (now[b] ?? 0))
    },
  }
}

function copyInto<Numbers extends { set(source: ArrayLike<number>): void }>(
  target: Numbers,
  source: ArrayLike<number>,
): Numbers {
  target.set(source)
  return target
}
