import { type FileHandle, open } from 'node:fs/promises'

/** Line, length, text: every record is as long, so that any stretch is read at once. */
const RECORD_BYTES = 256
const HEAD_BYTES = 6
const TEXT_BYTES = RECORD_BYTES - HEAD_BYTES
const BUFFERED = 1024

/** What a table shows of a row before it has a result. */
export type Preview = { line: number; prompt: string }

export type PreviewWriter = {
  add(preview: Preview): Promise<void>
  close(): Promise<void>
}

/** One record a row, in order; what was there before is replaced. */
export async function createPreviewWriter(file: string): Promise<PreviewWriter> {
  const handle = await open(file, 'w', 0o600)
  const buffer = Buffer.alloc(RECORD_BYTES * BUFFERED)
  let held = 0
  const flush = async () => {
    await handle.writeFile(buffer.subarray(0, held * RECORD_BYTES))
    held = 0
  }
  return {
    async add({ line, prompt }) {
      const record = buffer.subarray(held * RECORD_BYTES, (held + 1) * RECORD_BYTES)
      const { written } = new TextEncoder().encodeInto(prompt, record.subarray(HEAD_BYTES))
      record.writeUInt32LE(line, 0)
      record.writeUInt16LE(Math.min(written, TEXT_BYTES), 4)
      held += 1
      if (held === BUFFERED) await flush()
    },
    async close() {
      await flush()
      await handle.close()
    },
  }
}

export async function readPreviews(options: {
  file: string
  first: number
  count: number
}): Promise<Preview[]> {
  const { file, first, count } = options
  const handle = await open(file)
  try {
    return await readRecords({ handle, first, count })
  } finally {
    await handle.close()
  }
}

async function readRecords(options: {
  handle: FileHandle
  first: number
  count: number
}): Promise<Preview[]> {
  const { handle, first, count } = options
  const bytes = Buffer.alloc(count * RECORD_BYTES)
  const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, first * RECORD_BYTES)
  return Array.from({ length: Math.floor(bytesRead / RECORD_BYTES) }, (_, at) => {
    const from = at * RECORD_BYTES
    const length = bytes.readUInt16LE(from + 4)
    const prompt = bytes.toString('utf8', from + HEAD_BYTES, from + HEAD_BYTES + length)
    return { line: bytes.readUInt32LE(from), prompt }
  })
}
