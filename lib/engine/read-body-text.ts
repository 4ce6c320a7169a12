import { AppError } from '@/lib/domain/error'
import type { EngineBody } from './engine-response'

const MAX_ERROR_BYTES = 64 * 1024

/**
 * Reads at most `maxBytes`; what is longer is cut or refused, and the connection given up.
 * @throws {AppError} `engine_line_too_large` where it is to be refused.
 */
export async function readBodyText(options: {
  body: EngineBody
  maxBytes: number
  longer: 'cut' | 'refuse'
}): Promise<string> {
  const { body, maxBytes, longer } = options
  const chunks: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await body.read()
    if (done) break
    chunks.push(value)
    bytes += value.byteLength
    if (bytes <= maxBytes) continue
    await body.cancel()
    if (longer === 'cut') break
    throw new AppError('engine_line_too_large', { details: { maxBytes } })
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes))
}

/** Of an error's body no more is read than its beginning, where it says what it says. */
export function readErrorText(body: EngineBody): Promise<string> {
  return readBodyText({ body, maxBytes: MAX_ERROR_BYTES, longer: 'cut' })
}
