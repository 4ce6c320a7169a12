import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isRunning } from './__fixtures__/is-running'
import { createLocalEngine, type LocalEngine, type LocalEngineOptions } from './create-local-engine'
import type { LocalEngineStatus } from './local-engine-status'

type Action = {
  print?: string
  error?: string
  exit?: number
  stay?: true
  deaf?: true
  arguments?: true
}

const READY: Action[] = [
  { print: '[local-engine] stage=starting port=1' },
  { print: '[local-engine] stage=fetching done_mb=47 total_mb=94' },
  { print: '[local-engine] stage=loading percent=50' },
  { print: '[local-engine] stage=ready model=tiny max_model_len=2048' },
  { stay: true },
]

let dataDir: string
let engine: LocalEngine | undefined
let lines: string[]
let history: LocalEngineStatus[]
let exits: (number | undefined)[]

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'supervisor-'))
  lines = []
  history = []
  exits = []
})
afterEach(async () => {
  await engine?.stop()
  engine = undefined
  rmSync(dataDir, { recursive: true, force: true })
})

function create(starts: Action[][], options: Partial<LocalEngineOptions> = {}): LocalEngine {
  writeFileSync(join(dataDir, 'plan.json'), JSON.stringify(starts))
  engine = createLocalEngine({
    dataDir,
    entryFile: join(import.meta.dirname, '__fixtures__', 'fake-engine.mjs'),
    nodePath: process.execPath,
    log: (line) => lines.push(line),
    onStatus: (status) => history.push(status),
    onExit: ({ restartInMs }) => exits.push(restartInMs),
    backoffMs: (fruitless) => 10 * (fruitless + 1),
    ...options,
  })
  return engine
}

const reach = (state: LocalEngineStatus['state']) =>
  expect.poll(() => engine?.status().state, { timeout: 15_000 }).toBe(state)

describe('a start', () => {
  it('says where the engine will be, follows its stages, and ends with it', async () => {
    const { start, status, stop } = create([READY])
    const { baseUrl } = await start()
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/)
    await reach('ready')
    expect(status()).toMatchObject({
      stage: 'ready',
      facts: { model: 'tiny', total_mb: 94, max_model_len: 2048 },
      restarts: 0,
    })
    expect(status().stages.map(({ stage }) => stage)).toEqual([
      'starting',
      'fetching',
      'loading',
      'ready',
    ])
    expect(history.find(({ stage }) => stage === 'fetching')?.percent).toBe(50)
    expect(lines).toContain('[local-engine] stage=loading percent=50')
    const { pid = 0 } = status()
    await stop()
    expect([isRunning(pid), status().state]).toEqual([false, 'stopped'])
    expect(exits).toEqual([])
  })

  it('starts one process, however often it is asked', async () => {
    const { start } = create([READY, READY])
    const [one, other] = await Promise.all([start(), start()])
    expect(one).toEqual(other)
    await reach('ready')
    expect(history.filter(({ stage }) => stage === 'starting').length).toBeGreaterThan(0)
    expect(new Set(history.map(({ pid }) => pid)).size).toBe(1)
  })

  it('hands the model, its length and the port on', async () => {
    const { start } = create([[{ arguments: true }, ...READY]], {
      modelPath: '/models/my model.gguf',
      maxModelLen: 4096,
      port: 18_999,
    })
    expect(await start()).toEqual({ baseUrl: 'http://127.0.0.1:18999/v1' })
    await reach('ready')
    expect(lines).toContain(
      `arguments ${JSON.stringify(['--data-dir', dataDir, '--port', '18999', '--model', '/models/my model.gguf', '--max-model-len', '4096'])}`,
    )
  })
})

describe('an end that nobody asked for', () => {
  it('is followed by another start, which shows the cause until it is ready', async () => {
    const crash = [{ error: 'ggml: abort' }, { exit: 134 }]
    const { start, status } = create([crash, crash, READY])
    await start()
    await reach('ready')
    expect(exits).toEqual([10, 20])
    expect(status()).toMatchObject({ restarts: 2 })
    expect(status().failure).toBeUndefined()
    const second = history.find(({ state, restarts }) => state === 'starting' && restarts === 1)
    expect(second?.failure).toEqual({
      code: 'crashed',
      isRetryable: true,
      facts: { exit: 'exit code 134', reason: 'ggml: abort' },
    })
    expect(history.find(({ state }) => state === 'waiting')).toMatchObject({
      nextStartAtMs: expect.any(Number),
    })
  })

  it('is told by the signal that killed it', async () => {
    const { start, status } = create([READY, READY])
    await start()
    await reach('ready')
    process.kill(status().pid ?? 0, 'SIGKILL')
    await expect.poll(() => exits).toHaveLength(1)
    await reach('ready')
    expect(history.find(({ state }) => state === 'waiting')?.failure?.facts).toEqual({
      exit: 'SIGKILL',
    })
  })

  it('is final when the same start would fail again, until it is asked to try anew', async () => {
    const failing = [
      { print: '[local-engine] stage=starting port=1' },
      { print: '[local-engine] stage=failed code=no-pip retry=never python=none' },
      { exit: 1 },
    ]
    const { start, status } = create([failing, READY])
    await start()
    await reach('failed')
    expect(status().failure).toEqual({
      code: 'no-pip',
      isRetryable: false,
      facts: { python: 'none' },
    })
    expect(exits).toEqual([undefined])
    await start()
    await reach('ready')
    expect(status().failure).toBeUndefined()
  })

  it('is tried again later when what it named may pass', async () => {
    const offline = [
      { print: '[local-engine] stage=failed code=no-network retry=later reason=DNS' },
      { exit: 1 },
    ]
    const { start } = create([offline, READY])
    await start()
    await reach('ready')
    expect(history.find(({ state }) => state === 'waiting')?.failure?.code).toBe('no-network')
  })

  it('is final when there is no such Node', async () => {
    const { start, status } = create([READY], { nodePath: join(dataDir, 'no-node') })
    await start()
    await reach('failed')
    expect(status().failure).toMatchObject({ code: 'crashed', isRetryable: false })
  })
})

describe('a stop', () => {
  it('kills a process that does not hear', async () => {
    const { start, stop, status } = create([[{ deaf: true }, ...READY]], { stopGraceMs: 50 })
    await start()
    await reach('ready')
    const { pid = 0 } = status()
    await stop()
    expect(isRunning(pid)).toBe(false)
  })

  it('calls off a start that was due', async () => {
    const { start, stop, status } = create([[{ exit: 1 }], READY], { backoffMs: () => 60_000 })
    await start()
    await reach('waiting')
    await stop()
    await stop()
    expect(status().state).toBe('stopped')
  })
})
