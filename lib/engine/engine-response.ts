import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Dispatcher } from 'undici'

/** Bytes as they come; `cancel` closes the connection unless the end was read. */
export type EngineBody = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>

/** What the engine answered, before its body is read. */
export type EngineResponse = {
  status: number
  /** 200–299. */
  ok: boolean
  headers: { get(name: string): string | null }
  body: EngineBody
}

export function toEngineResponse(answer: Dispatcher.ResponseData): EngineResponse {
  const { statusCode: status, headers, body } = answer
  const get = (name: string) => {
    const value = headers[name]
    return value === undefined ? null : String(value)
  }
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get },
    body: toEngineBody(unpack({ body, encoding: get('content-encoding') })),
  }
}

export function toEngineBody(stream: Readable): EngineBody {
  // Read or not: without a listener the end of a connection would end the process.
  stream.on('error', () => {})
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]()
  return {
    async read() {
      const { done, value } = await chunks.next()
      return done ? { done: true, value: undefined } : { done: false, value }
    },
    async cancel() {
      stream.destroy()
    },
  }
}

const SYNC = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
const BROTLI_SYNC = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
}

/** We ask for no packing; a gateway may pack all the same. */
function unpack({ body, encoding }: { body: Readable; encoding: string | null }): Readable {
  const unpacker = createUnpacker(encoding?.trim().toLowerCase())
  // What breaks on either side is seen by who reads the unpacked bytes.
  return unpacker === undefined ? body : pipeline(body, unpacker, () => {})
}

function createUnpacker(encoding: string | undefined) {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip(SYNC)
  if (encoding === 'deflate') return createInflate(SYNC)
  return encoding === 'br' ? createBrotliDecompress(BROTLI_SYNC) : undefined
}
