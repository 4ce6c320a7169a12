import { connect } from 'node:net'

export type RawRequest = {
  port: number
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

export type RawReply = {
  /** Status line and headers, byte for byte, the blank line included. */
  head: string
  /** With the chunk framing removed. */
  body: string
  /** Every piece as it came over the socket, framing included. */
  pieces: Buffer[]
  /** `code` of the socket's error, if it ended with one. */
  errorCode: string | undefined
  /** Whether the body came to its own end. */
  isWhole: boolean
}

function splitHead(bytes: Buffer): { head: string; rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  return { head: bytes.subarray(0, end + 4).toString(), rest: bytes.subarray(end + 4) }
}

function dechunk(bytes: Buffer): { body: string; isWhole: boolean } {
  const parts: Buffer[] = []
  let rest = bytes
  for (;;) {
    const line = rest.indexOf('\r\n')
    const size = line === -1 ? Number.NaN : Number.parseInt(rest.subarray(0, line).toString(), 16)
    if (size === 0 || Number.isNaN(size) || rest.length < line + 4 + size) {
      return { body: Buffer.concat(parts).toString(), isWhole: size === 0 }
    }
    parts.push(rest.subarray(line + 2, line + 2 + size))
    rest = rest.subarray(line + 4 + size)
  }
}

function readBody(options: { head: string; rest: Buffer; method: string }) {
  const { head, rest, method } = options
  if (/^transfer-encoding: chunked\r$/im.test(head)) return dechunk(rest)
  const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0)
  return { body: rest.toString(), isWhole: method === 'HEAD' || rest.length >= length }
}

/** Sends one request over a socket of its own and reads until the answer or the connection ends. */
export async function sendRaw(request: RawRequest): Promise<RawReply> {
  const { port, method = 'GET', path, headers = {}, body = '' } = request
  const socket = connect({ port, host: '127.0.0.1' })
  const pieces: Buffer[] = []
  let errorCode: string | undefined
  const sent = {
    host: `127.0.0.1:${port}`,
    ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  }
  const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  const read = () => {
    const parts = splitHead(Buffer.concat(pieces))
    const end = parts === undefined ? { body: '', isWhole: false } : readBody({ ...parts, method })
    return { head: parts?.head ?? '', ...end }
  }
  socket.on('data', (piece) => {
    pieces.push(piece)
    if (read().isWhole) socket.destroy()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    errorCode = error.code
  })
  await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return { ...read(), pieces, errorCode }
}

/** A chat completion as the fixtures' requests were sent. */
export function sendChat(options: {
  port: number
  body: unknown
  headers?: Record<string, string>
}): Promise<RawReply> {
  return sendRaw({
    port: options.port,
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json', ...options.headers },
    body: JSON.stringify(options.body),
  })
}
