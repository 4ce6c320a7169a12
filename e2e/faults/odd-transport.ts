import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { constants, createGzip } from 'node:zlib'

export type OddTransport = {
  url: string
  /** How many answers went out compressed. */
  compressed: () => number
  close: () => Promise<void>
}

/**
 * A gateway that does what HTTP allows and hardly anyone does: interim answers before the real one,
 * a compressed stream that nobody asked for, extended chunks and trailers behind it.
 */
export async function startOddTransport(target: { port: number }): Promise<OddTransport> {
  let compressed = 0
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, url, headers } = incoming
    const upstream = request({ ...target, host: '127.0.0.1', method, path: url, headers })
    upstream.on('response', (answer) => {
      outgoing.writeProcessing()
      outgoing.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' })
      const { 'content-length': _, ...kept } = answer.headers
      compressed += 1
      outgoing.writeHead(answer.statusCode ?? 200, {
        ...kept,
        'content-encoding': 'gzip',
        trailer: 'x-checksum',
      })
      outgoing.addTrailers({ 'x-checksum': 'abc' })
      const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH })
      answer.pipe(gzip).pipe(outgoing)
    })
    upstream.on('error', () => outgoing.destroy())
    outgoing.on('close', () => upstream.destroy())
    incoming.pipe(upstream)
  }
  const server = createServer(pass)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    compressed: () => compressed,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
