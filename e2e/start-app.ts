import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createPostgresDatabase } from './create-postgres-database.ts'
import { findUnhandled } from './harness/inspect-server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const START_DEADLINE_MS = 30_000

export type App = {
  /** Origin of the page, an IP literal. */
  url: string
  dataDir: string
  /** Of the database, where it is not the file in `dataDir`. */
  databaseUrl: string | undefined
  /** Everything the server printed so far. */
  output: () => string
  /** Resolves when /ready answers 200: the gate is open. */
  untilReady: () => Promise<void>
  /** Ends the server (SIGTERM unless told otherwise) and gives its exit code, or the signal. */
  stop: (signal?: NodeJS.Signals) => Promise<number | string>
  /** Starts it again on the same port and data after `stop`. */
  restart: () => Promise<void>
  /** Stops it and deletes its data. */
  dispose: () => Promise<void>
}

/** Every key of the app is set, if only to nothing: neither the shell's environment nor a .env file has a say. */
function buildEnv(settings: Record<string, string>): NodeJS.ProcessEnv {
  const example = readFileSync(join(root, '.env.example'), 'utf8')
  const keys = [...example.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map((match) => match[1] ?? '')
  return {
    ...Object.fromEntries(keys.map((key) => [key, ''])),
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TMPDIR: tmpdir(),
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    ...settings,
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function untilStatus(options: {
  url: string
  wanted: number
  failure: () => string | undefined
}): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS
  let last = 'no answer'
  while (performance.now() < deadline) {
    const problem = options.failure()
    if (problem !== undefined) throw new Error(problem)
    try {
      const response = await fetch(options.url)
      last = `${response.status} ${await response.text()}`
      if (response.status === options.wanted) return
    } catch {
      last = 'no answer'
    }
    await sleep(50)
  }
  throw new Error(`${options.url} did not answer ${options.wanted} in time: ${last}`)
}

/** What npm and pip are told here of registries, proxies and certificates: the local engine installs itself. */
function packageSettings(): Record<string, string> {
  const isOne = (name: string) =>
    /^(pip_|npm_config_|(https?|no)_proxy$|node_extra_ca_certs$|ssl_cert_|requests_ca_)/i.test(name)
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      isOne(name) && value !== undefined ? [[name, value]] : [],
    ),
  )
}

/**
 * `next start` of the present build on a free port, with its own empty data folder; where
 * TEST_POSTGRES_URL names a Postgres, with an empty database in it.
 */
export async function startApp(options: {
  /** Without it the app starts the local engine, whatever runs on this machine. */
  engineUrl?: string
  env?: Record<string, string>
}): Promise<App> {
  const dataDir = await mkdtemp(join(tmpdir(), 'first-token-app-'))
  const port = await findFreePort()
  const engine =
    options.engineUrl === undefined
      ? {
          ...packageSettings(),
          DEFAULT_ENGINE_URL: `http://127.0.0.1:${await findFreePort()}/v1`,
        }
      : { OPENAI_BASE_URL: options.engineUrl }
  const url = `http://127.0.0.1:${port}`
  const database =
    options.env?.DATABASE_URL === undefined ? await createPostgresDatabase() : undefined
  let output = ''
  let server: ChildProcess | undefined

  async function start() {
    const args = ['start', '-H', '127.0.0.1', '-p', String(port)]
    const started = spawn(process.execPath, [join(root, 'node_modules/.bin/next'), ...args], {
      cwd: root,
      env: buildEnv({
        ...engine,
        DATA_DIR: dataDir,
        HOST: '127.0.0.1',
        PORT: String(port),
        ...(database === undefined ? {} : { DATABASE_URL: database.url }),
        ...options.env,
      }),
    })
    server = started
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (bytes: Buffer) => {
        output += bytes.toString()
      })
    const failure = () =>
      started.exitCode === null
        ? undefined
        : `The app ended with ${started.exitCode} as it started:\n${output}`
    await untilStatus({ url: `${url}/health`, wanted: 200, failure })
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM') {
    const running = server
    if (running === undefined) return 0
    if (running.exitCode === null && running.signalCode === null) {
      running.kill(signal)
      await once(running, 'exit')
    }
    server = undefined
    return running.exitCode ?? running.signalCode ?? 0
  }

  await start()
  return {
    url,
    dataDir,
    databaseUrl: database?.url,
    output: () => output,
    untilReady: () => untilStatus({ url: `${url}/ready`, wanted: 200, failure: () => undefined }),
    stop,
    restart: start,
    dispose: async () => {
      await stop()
      await rm(dataDir, { recursive: true, force: true })
      await database?.drop()
      const unhandled = findUnhandled(output)
      if (unhandled.length > 0) throw new Error(`Rejections left:\n${unhandled.join('\n')}`)
    },
  }
}
