import type { IncomingMessage } from 'node:http'
import type { Body } from './body-reader.ts'
import { toPython } from './body-reader.ts'
import { validationFault, WireFault } from './wire-fault.ts'

const MAX_BYTES = 16 * 1024 * 1024

/** @throws {WireFault} in the words of vLLM's validation for what is not a JSON object. */
export async function readJsonBody(request: IncomingMessage): Promise<Body> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new WireFault({
      message: "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
      type: 'Bad Request',
    })
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) {
      throw new WireFault({ status: 413, message: `The body is larger than ${MAX_BYTES} bytes.` })
    }
    chunks.push(chunk)
  }
  return parseObject(Buffer.concat(chunks).toString('utf8'))
}

function parseObject(text: string): Body {
  if (text.trim() === '') {
    throw validationFault({ type: 'missing', loc: 'body', msg: 'Field required', input: "'None'" })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? '0'
    throw validationFault({ type: 'json_invalid', loc: `body.${at}`, msg: 'JSON decode error' })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw validationFault({
    type: 'model_attributes_type',
    loc: 'body',
    msg: 'Input should be a valid dictionary or object to extract fields from',
    input: toPython(value),
  })
}
