import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BatchReading } from '@/lib/domain/batch'

import { collectEntries, summarizeEntries } from './__fixtures__/collect-entries'
import { writeRequest } from './__fixtures__/write-request'

const LINES: BatchReading = { format: 'lines' }
const CSV: BatchReading = { format: 'csv' }
const JSONL: BatchReading = { format: 'jsonl' }
const OPENAI: BatchReading = { format: 'openai' }

async function read(input: string | Uint8Array, reading: BatchReading): Promise<string[]> {
  return summarizeEntries(await collectEntries({ input, reading }))
}

describe('lines', () => {
  it.each([
    ['one a line', 'a\nb\n', ['1: a', '2: b']],
    ['without an end of line at the end', 'a\nb', ['1: a', '2: b']],
    ['lines of Windows, and a byte order mark', '\uFEFFa\r\nb\r\n', ['1: a', '2: b']],
    ['blank lines, which count', '\n  \na\n\n\nb', ['3: a', '6: b']],
    ['nothing', '', []],
    ['nothing but a mark', '\uFEFF', []],
    ['spaces within', '  a b ', ['1:   a b ']],
  ])('reads %s', async (_, input, expected) => {
    expect(await read(input, LINES)).toEqual(expected)
  })

  it('tells a line that is no UTF-8, and reads those beside it', async () => {
    const input = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xe4, 0xf6]), Buffer.from('\nb')])
    expect(await read(input, LINES)).toEqual(['1: a', '2! not-utf8', '3: b'])
  })

  it('tells a line that is too long, without holding it', async () => {
    const input = `a\n${'x'.repeat(1024 * 1024 + 1)}\nb`
    expect(await read(input, LINES)).toEqual(['1: a', '2! too-long', '3: b'])
  })

  it('takes a line of exactly the limit', async () => {
    expect(await read('x'.repeat(1024 * 1024), LINES)).toHaveLength(1)
    expect((await read('x'.repeat(1024 * 1024), LINES))[0]).toMatch(/^1: x/)
  })
})

describe('CSV', () => {
  it.each<[string, string, BatchReading, string[]]>([
    ['the known column', 'id,prompt\n1,a\n2,b\n', CSV, ['2: a', '3: b']],
    ['a known column in capitals', 'id,Question\n1,a', CSV, ['2: a']],
    ['else the first column', 'x,y\n1,2', CSV, ['2: 1']],
    ['the chosen column', 'x,y\n1,2', { ...CSV, column: 'y' }, ['2: 2']],
    ['semicolons', 'x;y\n1,5;2', { ...CSV, column: 'x' }, ['2: 1,5']],
    ['tabs', 'x\ty\n1;a\t2', { ...CSV, column: 'x' }, ['2: 1;a']],
    ['a comma in quotes in the head', '"a,b,c";d\nx;y', { ...CSV, column: 'd' }, ['2: y']],
    ['quotes and lines within', 'q\n"a ""b""\nc"\nd', CSV, ['2: a "b"\nc', '4: d']],
    ['blank lines before and between', '\nq\n\n"a\nb"\n\nc', CSV, ['4: a\nb', '7: c']],
    ['an empty question', 'q,x\n,1\n  ,2\na,3', CSV, ['2! empty', '3! empty', '4: a']],
    [
      'cells too few and too many',
      'q,x\na\nb,1,2\nc,3',
      CSV,
      ['2! wrong-column-count', '3! wrong-column-count', '4: c'],
    ],
    ['a quote within a cell', 'q\na"b\nc', CSV, ['2! broken-quotes', '3: c']],
    ['text after a closing quote', 'q,x\n"a"b",1\nc,2', CSV, ['2! broken-quotes', '3: c']],
    ['two quotes within a cell', 'q\na "b" "c"\nd', CSV, ['2! broken-quotes', '3: d']],
    [
      'a quoted word at the beginning of a cell, beside cells that may be quoted',
      'q,x\n"a" b,1\nc,2\n"d, e",3',
      CSV,
      ['2! broken-quotes', '3: c', '4: d, e'],
    ],
    [
      'text after a quote that was closed in a later line',
      'q\n"a\nb"c\nd',
      CSV,
      ['2! broken-quotes', '4: d'],
    ],
    [
      'lines of Windows, and in a cell as they are',
      'q\r\n"a\r\nb"\r\nc\r\n',
      CSV,
      ['2: a\r\nb', '4: c'],
    ],
    ['a quote that is never closed', 'q\na\n"b\nc\nd', CSV, ['2: a', '3! broken-quotes']],
    ['a column that is not there', 'q\na', { ...CSV, column: 'z' }, ['1! no-such-column']],
    [
      'a template',
      'a,b\nx,y',
      { ...CSV, template: '{a} to {b}, {{not}} {a}' },
      ['2: x to y, {not} x'],
    ],
    ['a template of a missing column', 'a\nx', { ...CSV, template: '{b}' }, ['1! no-such-column']],
    ['a template that comes out empty', 'a,b\n,1', { ...CSV, template: '{a}' }, ['2! empty']],
    [
      'one name twice, and none',
      'a,a,\nx,y,z',
      { ...CSV, template: '{a}{a_2}{column_3}' },
      ['2: xyz'],
    ],
    ['a head alone', 'a,b\n', CSV, []],
    ['nothing', '', CSV, []],
  ])('reads %s', async (_, input, reading, expected) => {
    expect(await read(input, reading)).toEqual(expected)
  })

  it('passes the other columns through, under any name', async () => {
    const input = 'id,prompt,__proto__\n=1+1,a,p'
    const [columns, entry] = await collectEntries({ input, reading: CSV })
    expect(columns).toEqual({ kind: 'columns', columns: ['id', 'prompt', '__proto__'] })
    const fields = entry?.kind === 'row' ? entry.row.fields : undefined
    expect(Object.entries(fields ?? {})).toEqual([
      ['id', '=1+1'],
      ['__proto__', 'p'],
    ])
  })

  it('tells cells that are no UTF-8', async () => {
    const input = Buffer.concat([Buffer.from('q\n'), Buffer.from([0xff]), Buffer.from('\na')])
    expect(await read(input, CSV)).toEqual(['2! not-utf8', '3: a'])
  })

  it('does not hold a record that grows without end, and reads on after one that ends', async () => {
    const long = 'x\n'.repeat(1024 * 1024)
    expect(await read(`q\na\n"${long}`, CSV)).toEqual(['2: a', '3! broken-quotes'])
    const lines = 1024 * 1024
    expect(await read(`q\n"${long}"\nb`, CSV)).toEqual(['2! too-long', `${lines + 3}: b`])
    expect(await read(`q\n${'x'.repeat(2 * lines)}\nb`, CSV)).toEqual(['2! too-long', '3: b'])
  })

  it('says how far a quote reaches that is never closed', async () => {
    const [, bad] = await collectEntries({ input: 'q\n"a\nb\nc', reading: CSV })
    expect(bad).toEqual({
      kind: 'bad',
      bad: { line: 2, reason: 'broken-quotes', details: { endLine: 4 } },
    })
  })

  it('reads back what a writer of CSV wrote', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ';', ' ', 'é', '😀') })
    const row = fc.tuple(cell, cell)
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.nat(20),
        async (rows, size) => {
          const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
          const input = `q,x\n${rows.map((cells) => cells.map(quote).join(',')).join('\n')}\n`
          const entries = await collectEntries({ input, reading: CSV, size: size + 1 })
          const asked = entries.flatMap((entry) => (entry.kind === 'row' ? [entry.row] : []))
          expect(asked.map(({ messages, fields }) => [messages[0]?.content, fields?.x])).toEqual(
            rows.filter(([question]) => question.trim() !== ''),
          )
        },
      ),
    )
  })
})

describe('JSONL', () => {
  it.each<[string, string, BatchReading, string[]]>([
    ['texts', '"a"\n"b"', JSONL, ['1: a', '2: b']],
    ['objects by the known key', '{"id":1,"prompt":"a"}', JSONL, ['1: a']],
    ['objects by the chosen key', '{"q":"a","z":"b"}', { ...JSONL, column: 'z' }, ['1: b']],
    [
      'a template with values of any kind',
      '{"n":1,"o":{"k":[2]},"z":null}',
      { ...JSONL, template: '{n} {o} {z}' },
      ['1: 1 {"k":[2]} '],
    ],
    [
      'messages',
      '{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}]}',
      JSONL,
      ['1: a'],
    ],
    ['what is cut off', '{"prompt":"a"}\n{"prompt":\n"b"', JSONL, ['1: a', '2! not-json', '3: b']],
    [
      'what is no object',
      '1\ntrue\nnull\n[]',
      JSONL,
      ['1! not-an-object', '2! not-an-object', '3! not-an-object', '4! not-an-object'],
    ],
    ['a question that is no text', '{"prompt":1}', JSONL, ['1! not-text']],
    ['an empty question', '""\n{"prompt":" "}', JSONL, ['1! empty', '2! empty']],
    ['a missing key', '{"a":"b"}', { ...JSONL, column: 'q' }, ['1! no-such-column']],
    ['an empty object', '{}', JSONL, ['1! no-such-column']],
    ['a key of every object', '{}', { ...JSONL, column: 'constructor' }, ['1! no-such-column']],
    [
      'an answer at the end',
      '{"messages":[{"role":"assistant","content":"a"}]}',
      JSONL,
      ['1! bad-messages'],
    ],
    ['two at once', '{"prompt":"a"}{"prompt":"b"}', JSONL, ['1! not-json']],
  ])('reads %s', async (_, input, reading, expected) => {
    expect(await read(input, reading)).toEqual(expected)
  })
})

describe.each([LINES, CSV, JSONL, OPENAI])('any input as $format', (reading) => {
  it('is the same however the bytes are cut, never throws, and numbers its rows from 0', async () => {
    const piece = fc.constantFrom(
      'a',
      '"',
      '\n',
      '\r\n',
      ',',
      '{',
      '}',
      '"prompt":"x"',
      writeRequest(),
      '\\',
      'é',
      '\0',
      ';',
    )
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''))),
      fc.uint8Array({ maxLength: 80 }),
    )
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), async (input, size) => {
        const whole = await collectEntries({ input, reading })
        const cut = await collectEntries({ input, reading, size })
        const sorted = (entries: typeof whole) => [...summarizeEntries(entries)].sort()
        expect(sorted(cut)).toEqual(sorted(whole))
        const indexes = whole.flatMap((entry) => (entry.kind === 'row' ? [entry.row.index] : []))
        expect(indexes).toEqual(indexes.map((_, at) => at))
      }),
      { numRuns: 200 },
    )
  })
})
