import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isAppError, toPublicError } from '@/lib/domain/error'
import { event, text } from './__fixtures__/chunk'
import { collectEvents } from './__fixtures__/collect-events'
import { createEngine } from './create-engine'

const KEY = 'canary-7f3a9b-never-to-be-seen'

/** What a server that repeats our key may answer, byte for byte. */
const ECHOES: Record<string, string> = {
  'in an error': answer('401 Unauthorized', `{"error":{"message":"bad key ${KEY}","code":401}}`),
  'in a flat error': answer('400 Bad Request', `{"message":"${KEY} is no ${KEY}","code":400}`),
  'in a text error': answer('500 Oops', `{"error":"Bearer ${KEY}"}`),
  'in HTML': answer('502 Bad Gateway', `<html>${KEY}</html>`, 'text/html'),
  'in a content type': answer('200 OK', 'x', `text/${KEY}`),
  'in a redirect': `HTTP/1.1 302 Found\r\nlocation: http://h/?k=${KEY}\r\ncontent-length: 0\r\n\r\n`,
  'in the head of something else': `${KEY}\r\n\r\n`,
  'in a broken header': `HTTP/1.1 200 OK\r\nbro ken ${KEY}\r\n\r\n`,
  'in the middle of a stream': answer(
    '200 OK',
    text('a') + event({ error: { message: `key ${KEY}`, code: 500 } }),
    'text/event-stream',
  ),
  'in lines that cannot be read': answer(
    '200 OK',
    `data: {${KEY}\n\n`.repeat(30),
    'text/event-stream',
  ),
  'in a broken chunk': `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${KEY}\r\n`,
  'in JSON under 200': answer('200 OK', `{"error":{"message":"${KEY}"}}`, 'application/json'),
  'nowhere, the connection is reset': '',
}

function answer(status: string, body: string, contentType = 'application/json'): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: ${contentType}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

async function serveBytes(bytes: string) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => (bytes === '' ? socket.resetAndDestroy() : socket.end(bytes)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { baseUrl: `http://127.0.0.1:${port}/v1`, close: () => server.close() }
}

describe("the engine's key", () => {
  it.each(Object.entries(ECHOES))('is in no error, though it stands %s', async (_name, bytes) => {
    const { baseUrl, close } = await serveBytes(bytes)
    const engine = createEngine({ baseUrl, apiKey: KEY })
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }
    const errors = [
      (
        await collectEvents(
          engine.streamCompletion({ ...request, signal: new AbortController().signal }),
        )
      ).error,
      await engine.completeOneToken({ ...request, timeoutMs: 2000 }).catch((error) => error),
      await engine.tokenize({ ...request, timeoutMs: 2000 }).catch((error) => error),
    ]
    for (const error of errors) {
      if (!isAppError(error)) throw new Error(`no error of ours: ${inspect(error)}`)
      const shown = inspect(error, { depth: 20, showHidden: true, maxStringLength: null })
      expect(shown + JSON.stringify(toPublicError(error)) + error.stack).not.toContain(KEY)
    }
    await engine.close()
    close()
  })
})
