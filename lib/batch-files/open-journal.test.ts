import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BatchResult } from '@/lib/domain/batch'
import { openJournal } from './open-journal'

let folder: string
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-token-journal-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function newFile(): string {
  count += 1
  return join(folder, `${count}.jsonl`)
}

const result = (index: number, more: Partial<BatchResult> = {}): BatchResult => ({
  index,
  line: index + 1,
  prompt: `q${index}`,
  status: 'complete',
  text: `answer ${index} é😀\n"`,
  startedAtMs: 1,
  attempts: 1,
  ...more,
})

async function collect(source: AsyncIterable<BatchResult>): Promise<number[]> {
  const indexes: number[] = []
  for await (const { index } of source) indexes.push(index)
  return indexes
}

describe('openJournal', () => {
  it('gives back what was appended, by row and as it came, also after it was opened again', async () => {
    const file = newFile()
    const first = await openJournal({ file })
    await Promise.all([2, 0, 5].map((index) => first.append(result(index))))
    await first.close()
    const again = await openJournal({ file })
    expect(await collect(again.list('input'))).toEqual([0, 2, 5])
    expect(await collect(again.list('done'))).toEqual([2, 0, 5])
    expect(await again.read(5)).toEqual(result(5))
    expect(await again.read(1)).toBeUndefined()
    expect([again.has(2), again.has(3), again.count()]).toEqual([true, false, 3])
    await again.close()
  })

  it('holds a result with the system before it says so', async () => {
    const file = newFile()
    const journal = await openJournal({ file, syncMs: 60_000 })
    await journal.append(result(0))
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(result(0))}\n`)
    await journal.close()
  })

  it('counts by status, and lets a later result stand in the place of an earlier one', async () => {
    const file = newFile()
    const journal = await openJournal({ file })
    await journal.append(result(0, { status: 'failed' }))
    await journal.append(result(1, { status: 'interrupted' }))
    expect(journal.counts()).toEqual({ complete: 0, interrupted: 1, failed: 1 })
    await journal.append(result(0))
    expect(journal.counts()).toEqual({ complete: 1, interrupted: 1, failed: 0 })
    await journal.close()
    const again = await openJournal({ file })
    expect([again.count(), again.statusOf(0)]).toEqual([2, 'complete'])
    expect(await collect(again.list('done'))).toEqual([1, 0])
    await again.close()
  })

  it('is mended wherever a crash tore its end: whole lines stay, the torn one is asked again', async () => {
    const rows = [0, 1, 2].map((index) => result(index))
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const ends = rows.map((_, at) =>
      Buffer.byteLength(
        rows
          .slice(0, at + 1)
          .map((row) => `${JSON.stringify(row)}\n`)
          .join(''),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.byteLength), async (cutAt) => {
        const file = newFile()
        await writeFile(file, bytes)
        await truncate(file, cutAt)
        const journal = await openJournal({ file })
        const whole = ends.filter((end) => end <= cutAt).length
        expect(await collect(journal.list('input'))).toEqual([0, 1, 2].slice(0, whole))
        await journal.append(result(7))
        await journal.close()
        const again = await openJournal({ file })
        expect(await collect(again.list('done'))).toEqual([...[0, 1, 2].slice(0, whole), 7])
        await again.close()
      }),
      { numRuns: 60 },
    )
  })

  it.each(['nonsense\n', '{"index":-1,"status":"complete"}\n', '{"index":0}\n', '\0\0\0\n', '\n'])(
    'passes over a line that is no result: %j',
    async (line) => {
      const file = newFile()
      await writeFile(file, `${JSON.stringify(result(0))}\n`)
      await appendFile(file, line)
      await appendFile(file, `${JSON.stringify(result(1))}\n`)
      const journal = await openJournal({ file })
      expect(await collect(journal.list('input'))).toEqual([0, 1])
      await journal.close()
    },
  )

  it('takes any number of rows at once, each once', async () => {
    const file = newFile()
    const journal = await openJournal({ file })
    await Promise.all(Array.from({ length: 3000 }, (_, at) => journal.append(result(2999 - at))))
    expect(journal.count()).toBe(3000)
    expect(await collect(journal.list('input'))).toEqual(
      Array.from({ length: 3000 }, (_, at) => at),
    )
    await journal.close()
  })

  it('says so when it cannot be written', async () => {
    await expect(openJournal({ file: join(folder, 'no', 'such') })).rejects.toMatchObject({
      code: 'storage_failed',
    })
    const full = await openJournal({ file: newFile() })
    await full.close()
    await expect(full.append(result(0))).rejects.toMatchObject({ code: 'storage_failed' })
  })
})
