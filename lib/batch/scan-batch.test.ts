import { describe, expect, it } from 'vitest'
import type { BatchReading } from '@/lib/domain/batch'
import { toChunks } from './__fixtures__/collect-entries'
import { readRows } from './read-batch'
import { scanBatch } from './scan-batch'

const LINES: BatchReading = { format: 'lines' }
const CSV: BatchReading = { format: 'csv' }

describe('scanBatch', () => {
  it('counts, lists what is bad with its line, and shows the first questions', async () => {
    const input = `q,x\n${'a,1\n'.repeat(7)}b\n`
    const scan = await scanBatch({ chunks: toChunks(input), reading: CSV })
    expect(scan).toMatchObject({
      rows: 7,
      badRows: 1,
      columns: ['q', 'x'],
      samples: ['a', 'a', 'a', 'a', 'a'],
      bad: [{ line: 9, reason: 'wrong-column-count', details: { cells: 1, columns: 2 } }],
    })
    expect(scan.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('takes 100,000 rows and not one more', async () => {
    const most = 'q\n'.repeat(100_000)
    expect(await scanBatch({ chunks: toChunks(most, 65_536), reading: LINES })).toMatchObject({
      rows: 100_000,
    })
    const more = scanBatch({ chunks: toChunks(`${most}q`, 65_536), reading: LINES })
    await expect(more).rejects.toMatchObject({ code: 'batch_too_large' })
  })

  it('reads no further than it is asked for', async () => {
    let given = 0
    async function* endless() {
      for (;;) {
        given += 1
        yield new TextEncoder().encode('question\n')
      }
    }
    const rows = readRows({ chunks: endless(), reading: LINES })
    for (let count = 0; count < 10; count += 1) await rows.next()
    await rows.return()
    expect(given).toBeLessThan(20)
  })
})
