import { Readable } from 'node:stream'
import { type CsvError, type Parser, parse } from 'csv-parse'
import type { BadRow, BatchReading } from '@/lib/domain/batch'
import { parseTemplate } from './fill-template'
import { type ParsedRow, toBad } from './parsed-row'
import { MAX_LINE_BYTES, toTooLong } from './split-lines'
import { chooseColumn, toFields, toQuestion } from './to-question'

/** Where a record begins: it may reach over several lines, and blank ones may stand before it. */
type Place = { lines: number; empty_lines: number }
type Found = { line: number; cells: string[] }

const DELIMITERS = [',', ';', '\t'] as const

/**
 * A table whose first row names the columns, as it streams in. What separates the cells is read off
 * that row. A broken record is skipped by itself, as far as its quotes allow.
 */
export async function* readCsv(options: {
  chunks: AsyncIterable<Uint8Array>
  reading: BatchReading
}): AsyncGenerator<ParsedRow | { columns: string[] }, void, undefined> {
  const { reading } = options
  const { delimiter, chunks } = await sniffDelimiter(options.chunks)
  const skipped: BadRow[] = []
  const parser = createParser({ delimiter, onSkip: (bad) => skipped.push(bad) })
  let columns: string[] | undefined
  for await (const found of pour({ chunks, parser })) {
    yield* takeBad({ skipped, beforeLine: found.line })
    if (columns === undefined) {
      columns = toColumns(found.cells)
      yield { columns }
      const missing = findMissing({ columns, reading })
      if (missing === undefined) continue
      yield toBad({ line: found.line, reason: 'no-such-column', details: { column: missing } })
      return
    }
    yield toRow({ found, columns, reading })
  }
  yield* takeBad({ skipped, beforeLine: Number.POSITIVE_INFINITY })
}

/** The parser is ahead of its reader. */
function* takeBad(options: {
  skipped: BadRow[]
  beforeLine: number
}): Generator<ParsedRow, void, undefined> {
  const { skipped, beforeLine } = options
  const later = skipped.findIndex(({ line }) => line > beforeLine)
  for (const bad of skipped.splice(0, later === -1 ? skipped.length : later)) yield { bad }
}

function createParser({
  delimiter,
  onSkip,
}: {
  delimiter: string
  onSkip: (bad: BadRow) => void
}): Parser {
  let last: Place = { lines: 0, empty_lines: 0 }
  const begin = ({ lines, empty_lines }: Place): number => {
    const line = last.lines + 1 + empty_lines - last.empty_lines
    last = { lines, empty_lines }
    return line
  }
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_LINE_BYTES,
    // Its line goes before its cells.
    on_record: (cells: string[], context) => [String(begin(context)), ...cells],
  })
  parser.on('skip', (error: CsvError) => {
    const place = toPlace(error)
    onSkip(toSkipped({ error, line: begin(place), endLine: place.lines }))
  })
  return parser
}

function toPlace(error: CsvError): Place {
  return { lines: Number(error.lines), empty_lines: Number(error.empty_lines) }
}

/** A quote that is never closed swallows all that follows: `endLine` says how far. */
function toSkipped(skipped: { error: CsvError; line: number; endLine: number }): BadRow {
  const { error, line, endLine } = skipped
  if (error.code === 'CSV_MAX_RECORD_SIZE') return toTooLong(line)
  return { line, reason: 'broken-quotes', details: { endLine } }
}

async function* pour(options: {
  chunks: AsyncIterable<Uint8Array>
  parser: Parser
}): AsyncGenerator<Found, void, undefined> {
  const { chunks, parser } = options
  const source = Readable.from(chunks)
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  try {
    for await (const [line, ...cells] of parser) yield { line: Number(line), cells }
  } finally {
    source.destroy()
  }
}

/** Each named once: an empty name is its number, a second one gets its own. */
function toColumns(cells: readonly string[]): string[] {
  const names: string[] = []
  for (const [at, cell] of cells.entries()) {
    const wanted = cell.trim() === '' ? `column_${at + 1}` : cell.trim()
    let name = wanted
    for (let count = 2; names.includes(name); count += 1) name = `${wanted}_${count}`
    names.push(name)
  }
  return names
}

function findMissing(options: {
  columns: readonly string[]
  reading: BatchReading
}): string | undefined {
  const { columns, reading } = options
  if (reading.template !== undefined) {
    return parseTemplate(reading.template).columns.find((column) => !columns.includes(column))
  }
  const isThere = chooseColumn({ columns, chosen: reading.column }) !== undefined
  return isThere ? undefined : (reading.column ?? 'prompt')
}

function toRow(options: {
  found: Found
  columns: readonly string[]
  reading: BatchReading
}): ParsedRow {
  const { found, columns, reading } = options
  const { line, cells } = found
  if (cells.length !== columns.length) {
    const details = { cells: cells.length, columns: columns.length }
    return toBad({ line, reason: 'wrong-column-count', details })
  }
  // The decoder puts this sign in the place of what is no UTF-8.
  if (cells.some((cell) => cell.includes('\uFFFD'))) return toBad({ line, reason: 'not-utf8' })
  const record = Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']))
  const question = toQuestion({ record, reading })
  if ('reason' in question) return toBad({ line, ...question })
  const fields = toFields({ record, usedColumns: question.usedColumns })
  return { row: { line, ...fields, messages: [{ role: 'user', content: question.prompt }] } }
}

/** Takes the first line, of which the rest of the input is not robbed. */
async function sniffDelimiter(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ delimiter: string; chunks: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const taken: Uint8Array[] = []
  let bytes = 0
  while (bytes < MAX_LINE_BYTES) {
    const { done, value } = await iterator.next()
    if (done) break
    taken.push(Uint8Array.from(value))
    bytes += value.byteLength
    if (value.includes(0x0a)) break
  }
  const [head = ''] = Buffer.concat(taken).toString('utf8').split('\n', 1)
  const bare = head.replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length)
  const delimiter = DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
  return { delimiter, chunks: withHead({ taken, iterator }) }
}

async function* withHead(options: {
  taken: readonly Uint8Array[]
  iterator: AsyncIterator<Uint8Array>
}): AsyncGenerator<Uint8Array, void, undefined> {
  const { taken, iterator } = options
  try {
    yield* taken
    for (;;) {
      const { done, value } = await iterator.next()
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
