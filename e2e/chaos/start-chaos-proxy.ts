import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { pipeWithToxics } from './pipe-with-toxics.ts'
import { checkToxics, type Direction, type ToxicSet, type Toxics } from './toxics.ts'

export type ChaosConnection = {
  number: number
  upstreamBytes: number
  downstreamBytes: number
  isOpen: boolean
}

export type ChaosProxy = {
  url: string
  port: number
  /** Replaces all toxics, for open connections too. @throws {RangeError} for what is unknown */
  setToxics: (toxics: ToxicSet) => void
  connections: () => ChaosConnection[]
  close: () => Promise<void>
}

export type ChaosProxyOptions = {
  /** Where it leads to. */
  target: { host?: string; port: number }
  port?: number
  toxics?: ToxicSet
  random?: () => number
}

const NONE: Toxics = {}
const HOST = '127.0.0.1'

type Link = { client: Socket; server: Socket; connection: ChaosConnection }

function createChange(): { next: () => Promise<void>; happen: () => void } {
  let resolve = () => {}
  let promise = new Promise<void>((done) => {
    resolve = done
  })
  return {
    next: () => promise,
    happen: () => {
      resolve()
      promise = new Promise<void>((done) => {
        resolve = done
      })
    },
  }
}

function endLink(options: { link: Link; how: 'close' | 'reset' }): void {
  for (const socket of [options.link.client, options.link.server]) {
    if (socket.destroyed) continue
    if (options.how === 'reset') socket.resetAndDestroy()
    else socket.destroySoon()
  }
}

function openLink(options: {
  client: Socket
  target: ChaosProxyOptions['target']
  number: number
}): Link {
  const { client, target, number } = options
  const server = connect({ host: target.host ?? HOST, port: target.port, allowHalfOpen: true })
  const connection = { number, upstreamBytes: 0, downstreamBytes: 0, isOpen: true }
  for (const socket of [client, server]) {
    socket.setNoDelay(true)
    // Errors end the pipe that reads the socket; here they are only kept from being thrown.
    socket.on('error', () => {})
  }
  return { client, server, connection }
}

/** Starts a TCP proxy on 127.0.0.1 that harms the traffic as it is told to, while it runs. */
export async function startChaosProxy(options: ChaosProxyOptions): Promise<ChaosProxy> {
  const { target, random = Math.random } = options
  const change = createChange()
  const links = new Set<Link>()
  const connections: ChaosConnection[] = []
  let toxics: ToxicSet = options.toxics ?? {}
  checkToxics(toxics)

  const follow = (link: Link) => {
    const start = (direction: Direction) => {
      const isUp = direction === 'upstream'
      return pipeWithToxics({
        from: isUp ? link.client : link.server,
        to: isUp ? link.server : link.client,
        toxics: () => toxics[direction] ?? NONE,
        changed: change.next,
        onBytes: (bytes) => {
          link.connection[isUp ? 'upstreamBytes' : 'downstreamBytes'] += bytes
        },
        random,
        end: (how) => endLink({ link, how }),
      })
    }
    void Promise.all([start('upstream'), start('downstream')]).finally(() => {
      link.connection.isOpen = false
      links.delete(link)
    })
  }

  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const link = openLink({ client, target, number: connections.length + 1 })
    links.add(link)
    connections.push(link.connection)
    follow(link)
  })
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject)
    proxy.listen(options.port ?? 0, HOST, resolve)
  })
  const { port } = proxy.address() as AddressInfo
  return {
    url: `http://${HOST}:${port}`,
    port,
    setToxics: (next) => {
      checkToxics(next)
      toxics = next
      change.happen()
    },
    connections: () => connections.map((connection) => ({ ...connection })),
    close: async () => {
      const closed = new Promise<void>((resolve) => proxy.close(() => resolve()))
      for (const link of links) endLink({ link, how: 'close' })
      change.happen()
      for (const { client, server } of links) {
        client.destroy()
        server.destroy()
      }
      await closed
    },
  }
}
