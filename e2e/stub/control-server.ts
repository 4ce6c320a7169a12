import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type StubControl, WaitTimedOut } from './control.ts'
import { parseAction } from './parse-action.ts'
import { ScenarioError, suggestName } from './parse-scenario.ts'
import type { RequestFilter } from './recorder.ts'
import type { ScenarioPatch } from './scenario.ts'

const PREFIX = '/__control'

type Call = { control: StubControl; query: URLSearchParams; body: unknown }

/** What was asked for cannot be done as it was asked. */
class BadCall extends Error {}

const WAIT_KEYS = ['timeoutMs']
const FILTER_KEYS = ['path', 'sessionId', 'state']
const STATES = ['received', 'first-byte', 'ended', 'socket-closed'] as const

function checkKeys(options: { query: URLSearchParams; known: readonly string[] }): void {
  for (const name of options.query.keys()) {
    if (options.known.includes(name)) continue
    const meant = suggestName({ name, known: options.known })
    throw new BadCall(
      `unknown parameter "${name}"${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
    )
  }
}

function readNumber(options: { query: URLSearchParams; name: string }): number | undefined {
  const text = options.query.get(options.name)
  if (text === null) return undefined
  const value = Number(text)
  if (text !== '' && Number.isFinite(value) && value >= 0) return value
  throw new BadCall(`"${options.name}" must be a number of at least 0, got "${text}"`)
}

function readFilter(query: URLSearchParams): RequestFilter {
  const path = query.get('path')
  const sessionId = query.get('sessionId')
  const state = query.get('state')
  const known = STATES.find((item) => item === state)
  if (state !== null && known === undefined) {
    throw new BadCall(`"state" must be one of ${STATES.join(', ')}, got "${state}"`)
  }
  return {
    ...(path === null ? {} : { path }),
    ...(sessionId === null ? {} : { sessionId }),
    ...(known === undefined ? {} : { state: known }),
  }
}

function readRequests({ control, query }: Call): unknown {
  checkKeys({ query, known: ['min', ...WAIT_KEYS, ...FILTER_KEYS] })
  const filter = readFilter(query)
  const min = readNumber({ query, name: 'min' })
  if (min === undefined) return control.requests(filter)
  const timeoutMs = readNumber({ query, name: 'timeoutMs' }) ?? 5000
  return control.waitForRequests({ ...filter, min, timeoutMs })
}

function readStatus({ control, query }: Call): unknown {
  const status: Record<string, unknown> = control.status()
  checkKeys({ query, known: [...WAIT_KEYS, ...Object.keys(status)] })
  const wanted = [...query].filter(([name]) => !WAIT_KEYS.includes(name))
  if (wanted.length === 0) return status
  const is = Object.fromEntries(
    wanted.map(([name, value]) => [name, typeof status[name] === 'number' ? Number(value) : value]),
  )
  const timeoutMs = readNumber({ query, name: 'timeoutMs' }) ?? 5000
  return control.waitForStatus({ is, timeoutMs })
}

function readSession(query: URLSearchParams): string | undefined {
  checkKeys({ query, known: ['sessionId'] })
  return query.get('sessionId') ?? undefined
}

const CALLS: Record<string, Record<string, (call: Call) => unknown>> = {
  '/scenario': {
    GET: ({ control, query }) => control.scenario(readSession(query)),
    // The patch is parsed by the control, which says what is wrong with it.
    PATCH: ({ control, body }) => control.patch(body as ScenarioPatch),
    DELETE: ({ control, query }) => control.remove(readSession(query)),
  },
  '/actions': {
    POST: async ({ control, body }) => {
      await control.act(parseAction(body))
      return control.status()
    },
  },
  '/requests': { GET: readRequests },
  '/gauges': { GET: readStatus },
  '/reset': {
    POST: async ({ control }) => {
      await control.reset()
      return control.status()
    },
  },
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(Buffer.from(part))
  const text = Buffer.concat(parts).toString('utf8')
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new BadCall('the body must be JSON')
  }
}

async function answer(options: { control: StubControl; request: IncomingMessage }) {
  const { control, request } = options
  const url = new URL(request.url ?? '/', 'http://stub')
  const name = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : ''
  const call = CALLS[name]?.[request.method ?? '']
  if (call === undefined) {
    const known = Object.entries(CALLS).map(
      ([path, methods]) => `${Object.keys(methods).join('|')} ${PREFIX}${path}`,
    )
    return { status: 404, value: { error: [`known here: ${known.join(', ')}`] } }
  }
  try {
    const body = await readJson(request)
    return { status: 200, value: await call({ control, query: url.searchParams, body }) }
  } catch (error) {
    if (error instanceof ScenarioError) return { status: 400, value: { error: error.problems } }
    if (error instanceof BadCall) return { status: 400, value: { error: [error.message] } }
    if (error instanceof WaitTimedOut) return { status: 408, value: { error: [error.message] } }
    const message = error instanceof Error ? error.message : String(error)
    return { status: 500, value: { error: [message] } }
  }
}

/** The control of a stub over HTTP: JSON in and out, errors as `{"error": [sentence, …]}`. */
export async function startControlServer(options: {
  port: number
  control: StubControl
}): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const { status, value } = await answer({ control: options.control, request })
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(value, null, 2)}\n`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
