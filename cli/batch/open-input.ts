import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { BatchFormat, BatchReading } from '@/lib/domain/batch'
import { type BatchArguments, UsageError } from './parse-arguments'
import type { Terminal } from './terminal'

export type BatchInput = {
  reading: BatchReading
  /** From its start each time. */
  read: () => AsyncIterable<Uint8Array>
}

const HEAD_BYTES = 64 * 1024

/**
 * The input of a command. Stdin is put into the work folder first: it cannot be read twice, and a
 * resume reads it again.
 * @throws {UsageError} when it cannot be read
 */
export async function openInput(options: {
  given: BatchArguments
  workFolder: string
  terminal: Terminal
}): Promise<BatchInput> {
  const { given, workFolder, terminal } = options
  const file = given.file === '-' ? join(workFolder, 'input') : given.file
  if (given.file === '-') {
    await mkdir(workFolder, { recursive: true })
    await pipeline(terminal.stdin, createWriteStream(file, { mode: 0o600 }))
  }
  const head = await readHead(file).catch((error) => {
    throw new UsageError(`${given.file} cannot be read (${error.code ?? error.message}).`)
  })
  const { column, template } = given
  return {
    reading: {
      format: given.format ?? guessFormat({ name: given.file, head }),
      ...(column === undefined ? {} : { column }),
      ...(template === undefined ? {} : { template }),
    },
    read: () => createReadStream(file),
  }
}

async function readHead(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** A table by its name; a line that begins like an object is one. */
function guessFormat({ name, head }: { name: string; head: string }): BatchFormat {
  if (['.csv', '.tsv'].includes(extname(name).toLowerCase())) return 'csv'
  const [line = ''] = head
    .replace(/^\uFEFF/, '')
    .trimStart()
    .split('\n', 1)
  const isJson = ['.jsonl', '.ndjson'].includes(extname(name).toLowerCase()) || /^\{"/.test(line)
  if (!isJson) return 'lines'
  return /"custom_id"/.test(line) && /"body"/.test(line) ? 'openai' : 'jsonl'
}
