import type { Response } from 'undici'
import { AppError } from '@/lib/domain/error'

/** Of an error's body no more is read: what it says stands at its beginning. */
export const MAX_ERROR_BYTES = 64 * 1024

/**
 * Reads at most `maxBytes`; what is longer is cut or refused, and the connection given up.
 * @throws {AppError} `engine_line_too_large` where it is to be refused.
 */
export async function readBodyText(options: {
  response: Response
  maxBytes: number
  longer: 'cut' | 'refuse'
}): Promise<string> {
  const { response, maxBytes, longer } = options
  if (response.body === null) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes <= maxBytes) continue
    if (longer === 'cut') break
    throw new AppError('engine_line_too_large', { details: { maxBytes } })
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes))
}
