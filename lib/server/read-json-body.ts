import { AppError } from '@/lib/domain/error'

export const BODY_LIMIT_BYTES = 1024 * 1024

/**
 * The body as JSON, read no further than the limit.
 * @throws {AppError} unsupported_media_type, body_too_large, invalid_request
 */
export async function readJsonBody(
  request: Request,
  limitBytes = BODY_LIMIT_BYTES,
): Promise<unknown> {
  const text = await readTextBody(request, limitBytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid_request', { cause })
  }
}

/** The same, not parsed. */
export async function readTextBody(request: Request, limitBytes: number): Promise<string> {
  const { headers } = request
  const mediaType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const encoding = headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (mediaType !== 'application/json' || encoding !== 'identity') {
    throw new AppError('unsupported_media_type')
  }
  if (Number(headers.get('content-length') ?? 0) > limitBytes) throw tooLarge(limitBytes)
  const bytes = await readBytes(request, limitBytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new AppError('invalid_request', { cause })
  }
}

/** By counting: the length may be missing or a lie. */
async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array()
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    length += value.byteLength
    if (length > limitBytes) {
      await reader.cancel().catch(() => undefined)
      throw tooLarge(limitBytes)
    }
    chunks.push(value)
  }
}

function tooLarge(limitBytes: number): AppError {
  return new AppError('body_too_large', {
    details: { limitBytes, limitMib: limitBytes / (1024 * 1024) },
  })
}
