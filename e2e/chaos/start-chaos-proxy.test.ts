import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ChaosProxy, startChaosProxy } from './start-chaos-proxy.ts'
import type { ToxicSet } from './toxics.ts'

type Echo = { port: number; received: () => string; sockets: Socket[]; server: Server }
type Talk = { socket: Socket; text: () => string; arrivals: { atMs: number; bytes: number }[] }

const open: { proxies: ChaosProxy[]; servers: Server[]; sockets: Socket[] } = {
  proxies: [],
  servers: [],
  sockets: [],
}

afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy()
  await Promise.all(open.proxies.splice(0).map((proxy) => proxy.close()))
  for (const server of open.servers.splice(0)) server.close()
})

/** A server that sends back what it gets. */
async function startEcho(): Promise<Echo> {
  const sockets: Socket[] = []
  let received = ''
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    open.sockets.push(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      received += bytes.toString()
      socket.write(bytes)
    })
    socket.on('end', () => socket.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.servers.push(server)
  return { port: (server.address() as AddressInfo).port, received: () => received, sockets, server }
}

async function setUp(toxics: ToxicSet = {}): Promise<{ echo: Echo; proxy: ChaosProxy }> {
  const echo = await startEcho()
  const proxy = await startChaosProxy({ target: { port: echo.port }, toxics, random: () => 0.5 })
  open.proxies.push(proxy)
  return { echo, proxy }
}

async function talk(proxy: ChaosProxy): Promise<Talk> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
  open.sockets.push(socket)
  const arrivals: Talk['arrivals'] = []
  let text = ''
  socket.setNoDelay(true)
  socket.on('data', (bytes) => {
    arrivals.push({ atMs: performance.now(), bytes: bytes.length })
    text += bytes.toString()
  })
  await once(socket, 'connect')
  return { socket, text: () => text, arrivals }
}

async function waitForBytes(options: { talk: Talk; bytes: number }): Promise<void> {
  while (options.talk.text().length < options.bytes) await once(options.talk.socket, 'data')
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

describe('the chaos proxy', () => {
  it('passes bytes and the end of each side on when no toxic is set', async () => {
    const { proxy, echo } = await setUp()
    const client = await talk(proxy)
    client.socket.end('hello')
    await once(client.socket, 'end')
    expect(client.text()).toBe('hello')
    expect(echo.received()).toBe('hello')
    expect(proxy.connections()[0]).toMatchObject({ upstreamBytes: 5, downstreamBytes: 5 })
  })

  it.each(['upstream', 'downstream'] as const)('delays each piece %s', async (direction) => {
    const { proxy } = await setUp({ [direction]: { latency: { ms: 120 } } })
    const client = await talk(proxy)
    const startMs = performance.now()
    client.socket.write('a')
    await waitForBytes({ talk: client, bytes: 1 })
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(119)
  })

  it('delays pieces side by side, not one after the other', async () => {
    const { proxy, echo } = await setUp({ downstream: { latency: { ms: 200 } } })
    const client = await talk(proxy)
    client.socket.write('a')
    while (echo.sockets[0] === undefined) await once(echo.server, 'connection')
    const [server] = echo.sockets
    for (let piece = 0; piece < 5; piece += 1) {
      server?.write('b')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await waitForBytes({ talk: client, bytes: 6 })
    const first = client.arrivals[0]?.atMs ?? 0
    const last = client.arrivals.at(-1)?.atMs ?? 0
    expect(last - first).toBeLessThan(800)
    // One after the other, all that came during the first delay would arrive as one.
    expect(client.arrivals.length).toBeGreaterThanOrEqual(3)
  })

  it('holds a bandwidth', async () => {
    const { proxy } = await setUp({ downstream: { bandwidth: { bytesPerSecond: 20_000 } } })
    const client = await talk(proxy)
    const startMs = performance.now()
    client.socket.write('x'.repeat(6000))
    await waitForBytes({ talk: client, bytes: 6000 })
    // The pause after the last tenth of a second's worth is not waited for.
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(190)
  })

  it('slices pieces and pauses after each', async () => {
    const { proxy } = await setUp({ downstream: { slice: { bytes: 3, delayMs: 5 } } })
    const client = await talk(proxy)
    client.socket.write('abcdefghij')
    await waitForBytes({ talk: client, bytes: 10 })
    expect(client.text()).toBe('abcdefghij')
    expect(client.arrivals.length).toBeGreaterThanOrEqual(3)
    expect(Math.max(...client.arrivals.map(({ bytes }) => bytes))).toBeLessThanOrEqual(6)
  })

  it('hangs until it is told otherwise, with the connection open', async () => {
    const { proxy, echo } = await setUp({ downstream: { hang: true } })
    const client = await talk(proxy)
    client.socket.write('hello')
    while (echo.received() !== 'hello') await new Promise((resolve) => setImmediate(resolve))
    expect(client.text()).toBe('')
    expect(proxy.connections()[0]?.isOpen).toBe(true)
    proxy.setToxics({})
    await waitForBytes({ talk: client, bytes: 5 })
    expect(client.text()).toBe('hello')
  })

  it('closes late', async () => {
    const { proxy } = await setUp({ downstream: { slowClose: { ms: 150 } } })
    const client = await talk(proxy)
    client.socket.end('bye')
    await waitForBytes({ talk: client, bytes: 3 })
    const lastByteMs = performance.now()
    await once(client.socket, 'end')
    expect(performance.now() - lastByteMs).toBeGreaterThanOrEqual(140)
  })

  it('closes after so many bytes', async () => {
    const { proxy } = await setUp({ downstream: { limitData: { bytes: 4 } } })
    const client = await talk(proxy)
    client.socket.write('abcdefgh')
    await once(client.socket, 'end')
    expect(client.text()).toBe('abcd')
  })

  it.each([0, 4])('resets after %i bytes', async (afterBytes) => {
    const { proxy } = await setUp({ downstream: { reset: { afterBytes } } })
    const client = await talk(proxy)
    const failed = once(client.socket, 'error')
    client.socket.write('abcdefgh')
    const [error] = await failed
    expect(codeOf(error)).toBe('ECONNRESET')
    expect(client.text()).toBe('abcdefgh'.slice(0, afterBytes))
  })

  it('passes a reset of the server on to the client', async () => {
    const { proxy, echo } = await setUp()
    const client = await talk(proxy)
    client.socket.write('a')
    await waitForBytes({ talk: client, bytes: 1 })
    const failed = once(client.socket, 'error')
    echo.sockets[0]?.resetAndDestroy()
    const [error] = await failed
    expect(codeOf(error)).toBe('ECONNRESET')
  })

  it('tells the server when the client has gone', async () => {
    const { proxy, echo } = await setUp()
    const client = await talk(proxy)
    client.socket.write('a')
    await waitForBytes({ talk: client, bytes: 1 })
    const closed = once(echo.sockets[0] as Socket, 'close')
    client.socket.destroy()
    await closed
    expect(echo.received()).toBe('a')
  })

  it('refuses a connection when the server does', async () => {
    const proxy = await startChaosProxy({ target: { port: 1 } })
    open.proxies.push(proxy)
    const client = await talk(proxy)
    const [error] = await once(client.socket, 'error')
    expect(codeOf(error)).toBe('ECONNRESET')
  })

  it.each([
    [{ sideways: {} }, 'unknown direction "sideways"'],
    [{ upstream: { latencyMs: 3 } }, 'unknown toxic "latencyMs"'],
    [{ upstream: { bandwidth: { bytesPerSecond: 0 } } }, 'bytesPerSecond must be above 0'],
  ])('says what is wrong with %j', async (toxics, message) => {
    const { proxy } = await setUp()
    expect(() => proxy.setToxics(toxics as ToxicSet)).toThrow(message)
  })
})
