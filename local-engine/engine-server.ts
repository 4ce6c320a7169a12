import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { EngineFailure, toEngineFailure } from './engine-failure.ts'
import { ROUTES, sendJson } from './engine-routes.ts'
import { readJsonBody } from './read-json-body.ts'
import type { ServedEngine } from './served-engine.ts'
import { WireFault } from './wire-fault.ts'

export type EngineServer = {
  port: number
  /** From here on `/health` answers 200 and requests are taken. */
  serve(engine: ServedEngine): void
  /** Cuts what is still running. */
  close(): Promise<void>
}

type Live = { engine?: ServedEngine; version: string; onError: (error: unknown) => void }

/**
 * Opens the port at once: while the model is fetched and loaded every route but `/version` answers
 * 503, so that the port is known to be this engine's. Only this machine can reach it.
 * @throws {EngineFailure} port-in-use.
 */
export async function startEngineServer(options: {
  port: number
  version: string
  onError: (error: unknown) => void
}): Promise<EngineServer> {
  const live: Live = { version: options.version, onError: options.onError }
  const server = createServer((request, response) => void answer({ live, request, response }))
  server.requestTimeout = 0
  await listen({ server, port: options.port })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    serve(engine) {
      live.engine = engine
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

function listen({ server, port }: { server: Server; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new EngineFailure('port-in-use', { port })
          : toEngineFailure(error),
      ),
    )
    server.listen({ host: '127.0.0.1', port }, resolve)
  })
}

async function answer(options: {
  live: Live
  request: IncomingMessage
  response: ServerResponse
}): Promise<void> {
  const { live, request, response } = options
  const told = request.headers['x-request-id']
  const isSafe = typeof told === 'string' && /^[\x21-\x7e]{1,200}$/.test(told)
  const requestId = isSafe ? told : randomUUID().replaceAll('-', '')
  response.setHeader('server', 'first-token-local')
  response.setHeader('x-request-id', requestId)
  try {
    await route({ ...options, requestId })
  } catch (error) {
    if (!(error instanceof WireFault)) live.onError(error)
    if (response.writableEnded || response.destroyed) return
    const fault =
      error instanceof WireFault
        ? error
        : new WireFault({ status: 500, message: 'Internal server error' })
    if (response.headersSent) response.destroy()
    else sendJson({ response, status: fault.status, body: fault.body })
  }
}

async function route(options: {
  live: Live
  request: IncomingMessage
  response: ServerResponse
  requestId: string
}): Promise<void> {
  const { live, request, response, requestId } = options
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const isHealth = path === '/health' || path === '/ping'
  const found = ROUTES[path]
  const allowed = found?.method ?? (isHealth || path === '/version' ? 'GET' : undefined)
  if (allowed === undefined)
    return sendJson({ response, status: 404, body: { detail: 'Not Found' } })
  if (request.method !== allowed) {
    const body = { detail: 'Method Not Allowed' }
    return sendJson({ response, status: 405, headers: { allow: allowed }, body })
  }
  if (path === '/version') return sendJson({ response, body: { version: live.version } })
  const { engine } = live
  if (isHealth) {
    response.writeHead(engine === undefined ? 503 : 200, { 'content-length': 0 })
    response.end()
    return
  }
  if (engine === undefined) {
    throw new WireFault({ status: 503, message: 'The model is still being loaded.' })
  }
  const context = { engine, request, response, requestId, signal: closeSignal(response) }
  if (found?.method === 'POST') {
    await found.handle({ ...context, body: await readJsonBody(request) })
  } else {
    found?.handle(context)
  }
}

function closeSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished)
      controller.abort(new Error('the client has closed the connection'))
  })
  return controller.signal
}
