import { describe, expect, it } from 'vitest'
import type { TimingRow } from '@/lib/domain/timing-row'
import messages from '@/lib/i18n/messages/en.json'
import { listGaps, TIMING_COLUMNS } from './timing-columns'

const rowOf = (messageId: string, more: Partial<TimingRow> = {}): TimingRow => ({
  messageId,
  threadId: 't',
  question: 'Why?',
  createdAtMs: 0,
  status: 'complete',
  ...more,
})

describe('the columns of the debug view', () => {
  it('are those that have a name and a definition', () => {
    const names = TIMING_COLUMNS.map(({ name }) => name).sort()
    expect(names).toEqual(Object.keys(messages.debug.columns).sort())
  })
})

describe('listGaps', () => {
  it('names each column with a gap once, and the reason for it', () => {
    const timing = { ttftMs: 1, overheadMs: 1, e2elMs: 2, promptTokens: 3, completionTokens: 4 }
    const rows = [rowOf('a', { timing, model: 'm' }), rowOf('b', { timing, model: 'm' })]
    const words = listGaps(rows).map(({ name, missing }) => `${name} ${missing}`)
    expect(words.sort()).toEqual([
      'browser notReported_browser',
      'cached notReported_cached',
      'decode notReported_queue',
      'itlMax notReported_itl',
      'itlP50 notReported_itl',
      'itlP95 notReported_itl',
      'other notReported_other',
      'prefill notReported_queue',
      'queue notReported_queue',
      'rate notReported_rate',
    ])
  })

  it('does not explain rows that have no timing at all', () => {
    expect(listGaps([rowOf('a', { status: 'streaming' })])).toEqual([])
  })
})
