import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type Listener = {
  /** Resolves when connections are accepted. */
  open: () => Promise<void>
  /** Resolves when the port refuses; connections that are open are cut. */
  close: () => Promise<void>
  isOpen: () => boolean
  port: () => number
}

const HOST = '127.0.0.1'
const FLUSH_MS = 100

function listen(options: { server: Server; port: number }): Promise<number> {
  const { server, port } = options
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

/** A port that can be opened and closed again; it stays the same once it is known. */
export async function createListener(options: {
  port: number
  handle: RequestListener
}): Promise<Listener> {
  let server: Server | undefined
  let port = options.port
  const sockets = new Set<Socket>()

  const listener: Listener = {
    open: async () => {
      if (server !== undefined) return
      // The default would cut a stream that nothing is sent to for a while.
      const next = createServer({ keepAliveTimeout: 5000, requestTimeout: 0 }, options.handle)
      next.on('connection', (socket) => {
        socket.setMaxListeners(0)
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      server = next
      port = await listen({ server: next, port })
    },
    close: async () => {
      const closing = server
      server = undefined
      if (closing === undefined) return
      const closed = new Promise<void>((resolve) => closing.close(() => resolve()))
      for (const socket of sockets) socket.destroySoon()
      // What was written has that long to leave; who does not read is cut.
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, FLUSH_MS)
      await closed
      clearTimeout(timer)
    },
    isOpen: () => server !== undefined,
    port: () => port,
  }
  if (port === 0) {
    await listener.open()
    await listener.close()
  }
  return listener
}
