import type { BatchEntry, BatchReading, BatchRow } from '@/lib/domain/batch'
import { parseJsonRow } from './parse-json-row'
import { createOpenAiRowParser } from './parse-openai-row'
import type { ParsedRow } from './parsed-row'
import { readCsv } from './read-csv'
import { splitLines } from './split-lines'

/**
 * Reads an input as it streams in, and never gives up: what cannot be asked is a `bad` entry with its
 * line and reason. The same bytes and reading give the same entries, which is what a resume stands on.
 */
export async function* readBatch(options: {
  chunks: AsyncIterable<Uint8Array>
  reading: BatchReading
}): AsyncGenerator<BatchEntry, void, undefined> {
  let index = 0
  for await (const parsed of parseRows(options)) {
    if ('columns' in parsed) yield { kind: 'columns', columns: parsed.columns }
    else if ('bad' in parsed) yield { kind: 'bad', bad: parsed.bad }
    else {
      yield { kind: 'row', row: { index, ...parsed.row } }
      index += 1
    }
  }
}

function parseRows(options: {
  chunks: AsyncIterable<Uint8Array>
  reading: BatchReading
}): AsyncIterable<ParsedRow | { columns: string[] }> {
  const { chunks, reading } = options
  switch (reading.format) {
    case 'csv':
      return readCsv({ chunks, reading })
    case 'jsonl':
      return parseLines({ chunks, parse: (line) => parseJsonRow({ ...line, reading }) })
    case 'openai':
      return parseLines({ chunks, parse: createOpenAiRowParser() })
    case 'lines':
      return parseLines({ chunks, parse: toQuestionRow })
  }
}

async function* parseLines(options: {
  chunks: AsyncIterable<Uint8Array>
  parse: (line: { line: number; text: string }) => ParsedRow
}): AsyncGenerator<ParsedRow, void, undefined> {
  for await (const found of splitLines(options.chunks)) {
    yield 'bad' in found ? found : options.parse(found)
  }
}

function toQuestionRow({ line, text }: { line: number; text: string }): ParsedRow {
  return { row: { line, messages: [{ role: 'user', content: text }] } }
}

/** The rows alone. */
export async function* readRows(options: {
  chunks: AsyncIterable<Uint8Array>
  reading: BatchReading
}): AsyncGenerator<BatchRow, void, undefined> {
  for await (const entry of readBatch(options)) {
    if (entry.kind === 'row') yield entry.row
  }
}
