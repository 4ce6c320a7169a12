import type { BatchReading } from '@/lib/domain/batch'
import { parseTemplate } from './fill-template'
import { type ParsedRow, toBad } from './parsed-row'
import { splitRecords } from './split-records'
import { chooseColumn, toFields, toQuestion } from './to-question'

type Found = { line: number; cells: string[] }

/** A table whose first record names the columns, as it streams in. */
export async function* readCsv(options: {
  chunks: AsyncIterable<Uint8Array>
  reading: BatchReading
}): AsyncGenerator<ParsedRow | { columns: string[] }, void, undefined> {
  const { reading, chunks } = options
  let columns: string[] | undefined
  for await (const found of splitRecords(chunks)) {
    if ('bad' in found) yield found
    else if (columns === undefined) {
      columns = toColumns(found.cells)
      yield { columns }
      const missing = findMissing({ columns, reading })
      if (missing === undefined) continue
      yield toBad({ line: found.line, reason: 'no-such-column', details: { column: missing } })
      return
    } else yield toRow({ found, columns, reading })
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
