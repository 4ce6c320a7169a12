import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

/** A program that notes how it was called, waits for `<name>.go` where told to, and fails where told to. */
const PRELUDE = `
import { appendFileSync, existsSync, mkdirSync, writeFileSync, copyFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
const args = process.argv.slice(2)
const note = (name, facts = {}) => appendFileSync('calls.jsonl', JSON.stringify({ name, args, pid: process.pid, cwd: process.cwd(), ...facts }) + '\\n')
const untilFile = async (file) => { while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10)) }
`

const FAKE_NPM = `${PRELUDE}
note('npm')
console.log('fetching the packages')
if (existsSync('npm.hold')) await untilFile('npm.go')
if (existsSync('npm.fails')) { console.error('no such package: left-pad'); process.exit(4) }
mkdirSync('node_modules/.bin', { recursive: true })
copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
copyFileSync('next.mjs', 'node_modules/.bin/next')
`

/** Exits by SIGTERM with 7, so that a passed-on code can be told from a killed process. */
const FAKE_NEXT = `${PRELUDE}
if (args[0] === 'build') {
  note('next build', { nodeEnv: process.env.NODE_ENV })
  console.log('\\u001b[32mCompiling\\u001b[39m 12 routes')
  if (existsSync('build.hold')) await untilFile('build.go')
  if (existsSync('build.fails')) { console.error('Type error in app/page.tsx'); process.exit(3) }
  mkdirSync('.next', { recursive: true })
  writeFileSync('.next/BUILD_ID', 'fake')
} else {
  const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const { MODEL, LOG_LEVEL, HOST, PORT, DEMO, DATA_DIR, OPENAI_BASE_URL, ENGINE_LOG_FILE } = process.env
  note('next start', { helperPid: helper.pid, env: { MODEL, LOG_LEVEL, HOST, PORT, DEMO, DATA_DIR, OPENAI_BASE_URL, ENGINE_LOG_FILE } })
  if (existsSync('app.fails')) process.exit(5)
  process.on('SIGTERM', () => process.exit(7))
  createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<title>The app</title><h1>The app</h1>')
  }).listen(Number(args[args.indexOf('-p') + 1]), args[args.indexOf('-H') + 1])
}
`

const FAKE_STUB = `${PRELUDE}
note('stub')
setInterval(() => {}, 1000)
`

const FAKE_LOCAL_ENGINE = `${PRELUDE}
note('local engine')
`

/** What a run of the tests through npm would pass on, and what a shell may have set. */
const CLEARED = Object.fromEntries(
  ['NODE_ENV', 'npm_execpath', 'npm_lifecycle_event', 'HOST', 'AUTH', 'MODEL', 'LOG_LEVEL']
    .concat('DATA_DIR', 'LOCAL_MODEL')
    .map((name) => [name, undefined]),
)

export type Call = {
  name: string
  args: string[]
  pid: number
  helperPid?: number
  nodeEnv?: string
  env?: Record<string, string>
}

export type Launch = {
  child: ChildProcess
  output: () => string
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>
}

/** A copy of the launcher in a folder of its own, with programs in place of npm, Next and the stub that only note their calls. */
export async function createSandbox() {
  const folder = await mkdtemp(join(tmpdir(), 'first-token-launcher-'))
  const launches: Launch[] = []
  cpSync(join(REPOSITORY, 'cli'), join(folder, 'cli'), { recursive: true })
  const write = (name: string, text: string) => {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('package.json', '{ "type": "module", "scripts": { "start": "node cli/launch.mjs start" } }')
  write('package-lock.json', '{ "packages": { "": {}, "node_modules/a": { "version": "1.0.0" } } }')
  write('app/page.tsx', 'export default function Page() {}')
  write('next.mjs', FAKE_NEXT)
  write('e2e/stub/main.ts', FAKE_STUB)
  write('local-engine/main.ts', FAKE_LOCAL_ENGINE)
  write('programs/npm', `#!${process.execPath}\n${FAKE_NPM}`)
  write('programs/package.json', '{ "type": "module" }')
  chmodSync(join(folder, 'programs/npm'), 0o755)

  function launch(options: {
    command: string
    env?: Record<string, string>
    nodeArgs?: string[]
    /** By the machine's own npm, as a user does it. */
    isThroughNpm?: boolean
  }): Launch {
    const launcher = join(folder, 'cli/launch.mjs')
    const program = options.isThroughNpm ? 'npm' : process.execPath
    const args = options.isThroughNpm ? ['run'] : [...(options.nodeArgs ?? []), launcher]
    const programs = options.isThroughNpm ? '' : `${join(folder, 'programs')}:`
    const child = spawn(program, [...args, options.command], {
      cwd: options.isThroughNpm ? folder : tmpdir(),
      env: {
        ...process.env,
        ...CLEARED,
        PATH: `${programs}${process.env.PATH}`,
        HOME: folder,
        ...options.env,
      },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => {
        output += bytes.toString()
      })
    const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
    const launched = { child, output: () => output, ended }
    launches.push(launched)
    return launched
  }

  return {
    folder,
    write,
    launch,
    calls(): Call[] {
      const file = join(folder, 'calls.jsonl')
      if (!existsSync(file)) return []
      const lines = readFileSync(file, 'utf8').trim().split('\n')
      return lines.map((line) => JSON.parse(line) as Call)
    },
    async dispose() {
      for (const { child, ended } of launches) {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
        await ended
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type Sandbox = Awaited<ReturnType<typeof createSandbox>>

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A zombie counts as ended: it waits for its parent only. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = `/proc/${pid}/stat`
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'))
  } catch {
    return false
  }
}
