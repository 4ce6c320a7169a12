import type { BadRow } from '@/lib/domain/batch'
import { MAX_LINE_BYTES, splitRawLines, toTooLong } from './split-lines'

export type TableRecord = { line: number; cells: string[] } | { bad: BadRow }

/** A record whose quoted cell goes on in the next line. */
type OpenRecord = { line: number; cells: string[]; cell: string; bytes: number }

type Scanned =
  | { kind: 'whole'; cells: string[] }
  | { kind: 'open'; cells: string[]; cell: string }
  | { kind: 'broken' }

const DELIMITERS = [',', ';', '\t'] as const

/**
 * The records of a table as they stream in; what separates the cells is read off the first of them.
 * A record with broken quotes ends with its line and spoils no other. One whose quote is never closed
 * takes what follows with it. Holds no more than one record.
 */
export async function* splitRecords(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<TableRecord, void, undefined> {
  const decoder = new TextDecoder()
  let delimiter: string | undefined
  let open: OpenRecord | undefined
  let endLine = 0
  for await (const found of splitRawLines(chunks)) {
    if ('bad' in found) {
      yield { bad: toTooLong(open?.line ?? found.bad.line) }
      open = undefined
      continue
    }
    endLine = found.line
    const raw = decoder.decode(found.bytes)
    const text = raw.replace(/\r$/, '')
    if (open === undefined && text === '') continue
    delimiter ??= sniffDelimiter(text)
    const record: OpenRecord = open ?? { line: endLine, cells: [], cell: '', bytes: 0 }
    const scanned = scanLine({ text, delimiter, ...record, isOpen: open !== undefined })
    const bytes = record.bytes + found.bytes.byteLength
    if (scanned.kind === 'open') open = holdOpen({ record, scanned, bytes, text: raw })
    else {
      open = undefined
      yield toRecord({ record, scanned, bytes, endLine })
    }
  }
  if (open !== undefined) yield { bad: toBroken({ line: open.line, endLine }) }
}

/** Of one that is too long already only the quotes are followed. */
function holdOpen(options: {
  record: OpenRecord
  scanned: Scanned & { kind: 'open' }
  bytes: number
  text: string
}): OpenRecord {
  const { record, scanned, bytes, text } = options
  const { line } = record
  if (bytes > MAX_LINE_BYTES) return { line, cells: [], cell: '', bytes }
  const lineEnd = text.endsWith('\r') ? '\r\n' : '\n'
  return { line, cells: scanned.cells, cell: scanned.cell + lineEnd, bytes }
}

function toRecord(options: {
  record: OpenRecord
  scanned: Exclude<Scanned, { kind: 'open' }>
  bytes: number
  endLine: number
}): TableRecord {
  const { record, scanned, bytes, endLine } = options
  const { line } = record
  if (scanned.kind === 'broken') return { bad: toBroken({ line, endLine }) }
  return bytes > MAX_LINE_BYTES ? { bad: toTooLong(line) } : { line, cells: scanned.cells }
}

function toBroken({ line, endLine }: { line: number; endLine: number }): BadRow {
  return { line, reason: 'broken-quotes', ...(endLine > line ? { details: { endLine } } : {}) }
}

/** The cells of a line, after those that the lines before have given. */
function scanLine(options: {
  text: string
  delimiter: string
  cells: string[]
  /** The beginning of the cell that is open. */
  cell: string
  isOpen: boolean
}): Scanned {
  const { text, delimiter, cells } = options
  let cell = options.cell
  let isQuoted = options.isOpen
  let at = 0
  for (;;) {
    if (!isQuoted && text[at] !== '"') {
      const end = text.indexOf(delimiter, at)
      const bare = end === -1 ? text.slice(at) : text.slice(at, end)
      if (bare.includes('"')) return { kind: 'broken' }
      cells.push(bare)
      if (end === -1) return { kind: 'whole', cells }
      at = end + 1
      continue
    }
    if (!isQuoted) {
      isQuoted = true
      at += 1
    }
    const close = text.indexOf('"', at)
    if (close === -1) return { kind: 'open', cells, cell: cell + text.slice(at) }
    cell += text.slice(at, close)
    if (text[close + 1] === '"') {
      cell += '"'
      at = close + 2
      continue
    }
    cells.push(cell)
    cell = ''
    isQuoted = false
    if (close + 1 === text.length) return { kind: 'whole', cells }
    if (text[close + 1] !== delimiter) return { kind: 'broken' }
    at = close + 2
  }
}

function sniffDelimiter(head: string): string {
  const bare = head.replaceAll(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}
