import type { BatchResult } from '@/lib/domain/batch'
import { formatCsvLine } from '@/lib/timing/format-csv'
import { toOpenAiOutput } from './to-openai-output'
import { toText } from './to-question'
import { RESULT_FIELDS, toResultRecord } from './to-result-record'

export const RESULT_FORMATS = ['csv', 'jsonl', 'openai'] as const

export type ResultFormat = (typeof RESULT_FORMATS)[number]

/** How one text piece follows the other: about so much at a time. */
const PIECE_LENGTH = 64 * 1024

/**
 * All results as text, piece by piece. `list` gives them anew each time: a table first has to know
 * every column that is passed through.
 */
export async function* writeResults(options: {
  format: ResultFormat
  list: () => AsyncIterable<BatchResult>
  batchId: string
}): AsyncGenerator<string, void, undefined> {
  const { format, list } = options
  if (format === 'csv') yield* inPieces(writeCsv(list))
  else if (format === 'jsonl') yield* inPieces(writeLines(list(), toJsonRecord))
  else yield* inPieces(writeLines(list(), (result) => toOpenAiOutput({ ...options, result })))
}

async function* writeLines(
  results: AsyncIterable<BatchResult>,
  toRecord: (result: BatchResult) => object,
): AsyncGenerator<string, void, undefined> {
  for await (const result of results) yield `${JSON.stringify(toRecord(result))}\n`
}

function toJsonRecord(result: BatchResult): object {
  const { fields } = result
  return { ...toResultRecord(result), ...(fields === undefined ? {} : { fields }) }
}

/** The columns of the input first, under their own names unless one of ours is called so. */
async function* writeCsv(
  list: () => AsyncIterable<BatchResult>,
): AsyncGenerator<string, void, undefined> {
  const passed = new Set<string>()
  for await (const { fields } of list()) {
    for (const name of Object.keys(fields ?? {})) passed.add(name)
  }
  const own: ReadonlySet<string> = new Set(RESULT_FIELDS)
  const columns = [...passed]
  const names = columns.map((name) => (own.has(name) ? `input_${name}` : name))
  yield formatCsvLine([...names, ...RESULT_FIELDS])
  for await (const result of list()) {
    const record = toResultRecord(result)
    const { fields = {} } = result
    const values = columns.map((name) =>
      Object.hasOwn(fields, name) ? toText(fields[name]) : null,
    )
    yield formatCsvLine([...values, ...RESULT_FIELDS.map((field) => record[field])])
  }
}

async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let piece = ''
  for await (const line of lines) {
    piece += line
    if (piece.length < PIECE_LENGTH) continue
    yield piece
    piece = ''
  }
  yield piece
}
