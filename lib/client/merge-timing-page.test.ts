import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TimingRow } from '@/lib/domain/timing-row'
import { mergeTimingPage } from './merge-timing-page'

const rowOf = (messageId: string, more: Partial<TimingRow> = {}): TimingRow => ({
  messageId,
  threadId: 't',
  question: 'Why?',
  createdAtMs: 0,
  status: 'complete',
  ...more,
})
const pageOf = (rows: TimingRow[], goneIds: string[] = []) => ({ rows, goneIds, isWhole: false })
const ids = (rows: readonly TimingRow[]) => rows.map(({ messageId }) => messageId)
const rows = [rowOf('b', { createdAtMs: 2, status: 'streaming' }), rowOf('a', { createdAtMs: 1 })]

describe('mergeTimingPage', () => {
  it('puts new rows in front, replaces changed ones in their place and drops those that are gone', () => {
    const page = pageOf(
      [
        rowOf('c', { createdAtMs: 3 }),
        rowOf('d', { createdAtMs: 4 }),
        rowOf('b', { createdAtMs: 2 }),
      ],
      ['a'],
    )
    const merged = mergeTimingPage({ rows, page })
    expect(ids(merged)).toEqual(['d', 'c', 'b'])
    expect(merged.at(-1)?.status).toBe('complete')
  })

  it('is the same array when nothing has changed, and another one when all is', () => {
    expect(mergeTimingPage({ rows, page: pageOf([]) })).toBe(rows)
    const whole = [rowOf('z')]
    expect(mergeTimingPage({ rows, page: { rows: whole, goneIds: [], isWhole: true } })).toBe(whole)
  })

  it('holds after any number of pages what one whole page would', () => {
    const change = fc.record({ id: fc.integer({ min: 0, max: 20 }), isGone: fc.boolean() })
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 8 })), (pages) => {
        const truth = new Map<string, TimingRow>()
        let held: readonly TimingRow[] = []
        for (const [version, changes] of pages.entries()) {
          const last = new Map(changes.map(({ id, isGone }) => [String(id), isGone]))
          const rows: TimingRow[] = []
          const goneIds: string[] = []
          for (const [id, isGone] of last) {
            const row = rowOf(id, { question: String(version), createdAtMs: Number(id) })
            if (isGone) truth.delete(id)
            else truth.set(id, row)
            if (isGone) goneIds.push(id)
            else rows.push(row)
          }
          held = mergeTimingPage({ rows: held, page: { rows, goneIds, isWhole: false } })
        }
        const print = (row: TimingRow) => `${row.messageId} ${row.question}`
        expect(held.map(print).sort()).toEqual([...truth.values()].map(print).sort())
      }),
    )
  })
})
