import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSandbox, findFreePort, isRunning, type Launch, type Sandbox } from './sandbox.ts'

let sandbox: Sandbox
let port: number

beforeEach(async () => {
  sandbox = await createSandbox()
  port = await findFreePort()
})

afterEach(() => sandbox.dispose())

function start(env: Record<string, string> = {}): Launch {
  return sandbox.launch({ command: 'start', env: { PORT: String(port), ...env } })
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { headers })
}

function waitFor<Value>(look: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(look, { timeout: 15_000, interval: 20 })
}

async function expectStatus(expected: Record<string, unknown>) {
  await waitFor(async () => {
    const response = await get('/health')
    expect({ code: response.status, ...(await response.json()) }).toMatchObject(expected)
  })
}

async function expectApp() {
  await waitFor(async () => expect(await (await get('/')).text()).toContain('The app'))
}

function callNames(): string[] {
  return sandbox.calls().map(({ name }) => name)
}

describe('npm start', () => {
  it('answers on the port while it installs and builds, then hands it to the app', async () => {
    for (const name of ['npm.hold', 'build.hold']) sandbox.write(name, '')
    const launched = start()

    await expectStatus({ code: 503, step: 'installing', lines: ['fetching the packages'] })
    expect((await get('/ready')).status).toBe(503)
    sandbox.write('npm.go', '')
    await expectStatus({ code: 503, step: 'building', lines: ['Compiling 12 routes'] })
    sandbox.write('build.go', '')
    await expectApp()

    expect((await get('/health')).status).toBe(200)
    const [npm, build, app] = sandbox.calls()
    expect(npm?.args).toEqual([
      ...['install', '--no-audit', '--no-fund', '--loglevel=error'],
      ...['--include=dev', '--include=optional'],
    ])
    expect(build).toMatchObject({ args: ['build'], nodeEnv: 'production' })
    expect(app?.args).toEqual(['start', '-H', '127.0.0.1', '-p', String(port)])
    expect(launched.output()).toContain(`http://127.0.0.1:${port}`)
  })

  it.each([
    ['en-GB,en;q=0.9', '<html lang="en">', 'Installing packages'],
    ['zh-CN,zh;q=0.9,en;q=0.8', '<html lang="zh-CN">', '正在安装依赖'],
  ])('shows a page of its own to a browser that reads %s', async (language, tag, step) => {
    sandbox.write('npm.hold', '')
    start()
    await expectStatus({ step: 'installing' })

    const response = await get('/chat/1', { 'accept-language': language })
    const page = await response.text()

    expect(response.status).toBe(503)
    expect(page).toContain(tag)
    expect(page).toContain(step)
    const nonce = /<script nonce="([^"]+)">/.exec(page)?.[1]
    expect(response.headers.get('content-security-policy')).toContain(`script-src 'nonce-${nonce}'`)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('installs and builds again only when the lockfile or a source changed', async () => {
    const run = async () => {
      const launched = start()
      await expectApp()
      launched.child.kill('SIGTERM')
      await launched.ended
    }
    await run()
    await run()
    expect(callNames()).toEqual(['npm', 'next build', 'next start', 'next start'])

    sandbox.write('app/page.test.tsx', 'a test is no part of the build')
    await run()
    expect(callNames().slice(4)).toEqual(['next start'])

    sandbox.write('app/page.tsx', 'export default function OtherPage() {}')
    await run()
    expect(callNames().slice(5)).toEqual(['next build', 'next start'])

    sandbox.write(
      'package-lock.json',
      '{ "packages": { "node_modules/a": { "version": "1.0.1" } } }',
    )
    await run()
    expect(callNames().slice(7)).toEqual(['npm', 'next build', 'next start'])
  })

  it('gives the app the .env file under the real environment', async () => {
    sandbox.write('.env', `MODEL="from the file"\nLOG_LEVEL=warn\nPORT=1\n`)
    start({ LOG_LEVEL: 'error' })
    await expectApp()
    expect(sandbox.calls().at(-1)?.env).toMatchObject({
      MODEL: 'from the file',
      LOG_LEVEL: 'error',
      PORT: String(port),
    })
  })

  it.each([
    ['npm.fails', 'installing', 'The install failed (npm install, exit code 4)', 'left-pad'],
    ['build.fails', 'building', 'The build failed (next build, exit code 3)', 'Type error'],
  ])('keeps the port and tells why after %s', async (file, step, sentence, line) => {
    sandbox.write(file, '')
    const launched = start()

    await expectStatus({
      code: 503,
      phase: 'failed',
      step,
      problem: expect.stringContaining(sentence),
      lines: expect.arrayContaining([expect.stringContaining(line)]),
    })
    expect(launched.output()).toContain(sentence)
    expect(launched.output()).toContain(line)
    expect(launched.child.exitCode).toBeNull()

    launched.child.kill('SIGINT')
    expect(await launched.ended).toBe(130)
  })

  it('names the port that is in use, and what to do', async () => {
    const other = createServer().listen(port, '127.0.0.1')
    await once(other, 'listening')
    const launched = start()
    expect(await launched.ended).toBe(1)
    expect(launched.output()).toMatch(
      new RegExp(`^First Token: Port ${port} is in use by another program: .*PORT=${port + 1}`),
    )
    expect(callNames()).toEqual([])
    other.close()
  })

  it.each([
    [{ HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0.*no login.*AUTH=none/],
    [{ PORT: 'http' }, /PORT is "http"; it must be a whole number/],
  ])('refuses %j before it listens or installs', async (env, sentence) => {
    const launched = start(env)
    expect(await launched.ended).toBe(1)
    expect(launched.output()).toMatch(sentence)
    expect(launched.output().trim().split('\n')).toHaveLength(1)
    expect(callNames()).toEqual([])
  })

  it('listens for other machines where AUTH=none allows it', async () => {
    start({ HOST: '0.0.0.0', AUTH: 'none' })
    await expectApp()
    expect(sandbox.calls().at(-1)?.args).toContain('0.0.0.0')
  })

  it('passes the exit code of an app that cannot start on', async () => {
    sandbox.write('app.fails', '')
    expect(await start().ended).toBe(5)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends everything it started on %s', async (signal) => {
    const launched = start()
    await expectApp()
    const app = sandbox.calls().at(-1)
    const pids = [app?.pid ?? 0, app?.helperPid ?? 0]
    expect(pids.map(isRunning)).toEqual([true, true])

    launched.child.kill(signal)

    expect(await launched.ended).toBe(signal === 'SIGTERM' ? 7 : 130)
    await waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]))
  })

  it('leaves nothing behind when npm itself is told to end', async () => {
    const prepared = start()
    await expectApp()
    prepared.child.kill('SIGTERM')
    await prepared.ended
    const env = { PORT: String(port) }
    const launched = sandbox.launch({ command: 'start', env, isThroughNpm: true })
    await expectApp()
    const app = sandbox.calls().at(-1)
    const pids = [app?.pid ?? 0, app?.helperPid ?? 0]
    expect(pids.map(isRunning)).toEqual([true, true])

    launched.child.kill('SIGTERM')

    await launched.ended
    await waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]))
    await expect(get('/health')).rejects.toThrow()
  })

  it('ends an install on SIGTERM and starts nothing after it', async () => {
    sandbox.write('npm.hold', '')
    const launched = start()
    await expectStatus({ step: 'installing', lines: ['fetching the packages'] })
    launched.child.kill('SIGTERM')
    expect(await launched.ended).toBe(143)
    expect(callNames()).toEqual(['npm'])
    expect(isRunning(sandbox.calls()[0]?.pid ?? 0)).toBe(false)
    expect(existsSync(join(sandbox.folder, 'node_modules'))).toBe(false)
  })

  it('says which Node is needed where it has none of its own and the user’s is too old', async () => {
    const pretend = `for (const [key, value] of Object.entries({ version: 'v20.20.2', platform: 'darwin' })) Object.defineProperty(process, key, { value })`
    const launched = sandbox.launch({
      command: 'start',
      env: { PORT: String(port) },
      nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`],
    })
    await expectStatus({ phase: 'failed', problem: expect.stringContaining('Node 22.12 or newer') })
    expect(launched.output()).toMatch(/this is v20\.20\.2\. Install Node 24/)
    expect(callNames()).toEqual([])
  })
})

describe('npm run demo', () => {
  async function startDemo() {
    const launched = sandbox.launch({ command: 'demo', env: { PORT: String(port), MODEL: 'mine' } })
    await expectApp()
    const byName = (name: string) => sandbox.calls().find((call) => call.name === name)
    await waitFor(() => expect(byName('stub')).toBeDefined())
    return { launched, app: byName('next start'), stub: byName('stub') }
  }

  it('starts the scripted engine and points the app at it', async () => {
    const { app, stub } = await startDemo()
    const argument = (flag: string) => stub?.args[stub.args.indexOf(flag) + 1]
    expect(app?.env).toEqual({
      DEMO: 'true',
      MODEL: '',
      DATA_DIR: join(sandbox.folder, '.data/demo'),
      OPENAI_BASE_URL: `http://127.0.0.1:${argument('--port')}/v1`,
      ENGINE_LOG_FILE: argument('--log-file'),
      HOST: '127.0.0.1',
      PORT: String(port),
    })
    expect(stub?.args).toContain('--demo')
  })

  it.each(['next start', 'stub'])('ends as a whole when its %s ends', async (name) => {
    const { launched, app, stub } = await startDemo()
    const pids = [app?.pid ?? 0, app?.helperPid ?? 0, stub?.pid ?? 0]
    expect(pids.map(isRunning)).toEqual([true, true, true])
    process.kill((name === 'stub' ? stub : app)?.pid ?? 0, 'SIGKILL')
    expect(await launched.ended).toBe(137)
    await waitFor(() => expect(pids.map(isRunning)).toEqual([false, false, false]))
  })

  it('ends both on SIGTERM', async () => {
    const { launched, app, stub } = await startDemo()
    launched.child.kill('SIGTERM')
    expect(await launched.ended).toBe(7)
    expect([app?.pid ?? 0, stub?.pid ?? 0].map(isRunning)).toEqual([false, false])
  })
})

it('names the commands there are when given another', async () => {
  const launched = sandbox.launch({ command: 'strat' })
  expect(await launched.ended).toBe(1)
  expect(launched.output()).toMatch(/no command "strat"\. It can be start, demo, dev/)
})
