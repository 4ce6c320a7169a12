import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startStubEngine } from '@/e2e/stub/start-stub-engine'
import { parseEnv } from './config/env'
import { lockDataDir } from './db/lock-data-dir'
import { serve } from './engine/__fixtures__/serve'
import { type OpenEngine, openEngine } from './open-engine'

const READY = [
  { print: '[local-engine] stage=starting port=1' },
  { print: '[local-engine] stage=fetching done_mb=47 total_mb=94' },
  { print: '[local-engine] stage=fetching done_mb=94 total_mb=94' },
  { print: '[local-engine] stage=ready model=tiny max_model_len=2048' },
  { stay: true },
]
const NOBODY = 'http://127.0.0.1:9/v1'

let dataDir: string
let logged: { level: string; fields: Record<string, unknown>; message: string }[]
let opened: OpenEngine | undefined
const servers: { close(): Promise<unknown> }[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'open-engine-'))
  logged = []
})
afterEach(async () => {
  await opened?.close()
  opened = undefined
  await Promise.all(servers.splice(0).map((server) => server.close()))
  rmSync(dataDir, { recursive: true })
})

async function open(env: Record<string, string>, plan: unknown[][] = [READY]) {
  writeFileSync(join(dataDir, 'plan.json'), JSON.stringify(plan))
  const log = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void logged.push({ level, fields, message })
  opened = await openEngine({
    env: parseEnv({ DATA_DIR: dataDir, ...env }),
    logger: { debug: log('debug'), info: log('info'), warn: log('warn') },
    localEntryFile: join(import.meta.dirname, 'local-engine/__fixtures__/fake-engine.mjs'),
  })
  return opened
}

const local = () => opened?.watch.localStart?.look()
const reach = (state: string) => expect.poll(() => local()?.state, { timeout: 15_000 }).toBe(state)

describe('the engine of the settings', () => {
  it('is taken as it is set, whether it answers or not', async () => {
    const { engine, watch } = await open({
      OPENAI_BASE_URL: NOBODY,
      OPENAI_API_KEY: 'k',
      MODEL: 'm',
      ENGINE_LOG_FILE: '/logs/vllm.log',
    })
    expect(engine?.baseUrl).toBe(NOBODY)
    expect(watch).toEqual({
      engineUrl: { isValid: true, baseUrl: NOBODY },
      apiKey: 'k',
      wantedModel: 'm',
      logFile: '/logs/vllm.log',
    })
    expect(logged).toEqual([])
  })

  it("has the launcher's log where it is on this machine, and no other is named", async () => {
    const { watch } = await open({ OPENAI_BASE_URL: NOBODY })
    const logFile = join(dataDir, 'engine-9', 'vllm.log')
    expect(watch).toMatchObject({ logFile, isLogExpected: false })
    for (const url of ['http://gpu.example:9/v1', 'https://127.0.0.1:9/v1']) {
      expect((await open({ OPENAI_BASE_URL: url })).watch).not.toHaveProperty('logFile')
    }
  })

  it('is waited for while its launcher is at work, though nothing answers yet', async () => {
    const lock = await lockDataDir(join(dataDir, 'engine-9'))
    const { engine, watch } = await open({ DEFAULT_ENGINE_URL: NOBODY })
    expect(engine?.baseUrl).toBe(NOBODY)
    expect(watch.localStart).toBeUndefined()
    lock.release()
  })

  it('is none when its address cannot be used, and no other is started in its place', async () => {
    const { engine, watch } = await open({ OPENAI_BASE_URL: 'gpu:8000' })
    expect(engine).toBeUndefined()
    expect(watch).toMatchObject({ engineUrl: { isValid: false } })
    expect(watch.localStart).toBeUndefined()
  })
})

describe('with no engine set', () => {
  it('a vLLM where one usually is gets the questions, with all that is set for it', async () => {
    const stub = await startStubEngine({ scenario: { apiKey: 'k' } })
    servers.push(stub)
    const { engine, watch } = await open({
      DEFAULT_ENGINE_URL: stub.url,
      OPENAI_API_KEY: 'k',
      MODEL: 'm',
    })
    expect(engine?.baseUrl).toBe(`${stub.url}/v1`)
    expect(watch).toMatchObject({ apiKey: 'k', wantedModel: 'm' })
    expect(watch.localStart).toBeUndefined()
  })

  it('the local engine is started where there is none, its address is known at once, and it ends with the app', async () => {
    const { engine, watch, close } = await open({
      DEFAULT_ENGINE_URL: NOBODY,
      OPENAI_API_KEY: 'a-key-of-a-vllm',
      MODEL: 'of-a-vllm',
      ENGINE_LOG_FILE: '/logs/vllm.log',
    })
    expect(local()?.state).toBe('starting')
    expect(engine?.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/)
    expect(watch).toEqual({
      engineUrl: { isValid: true, baseUrl: engine?.baseUrl },
      localStart: { modelName: 'SmolLM2-135M', look: expect.any(Function) },
    })
    await reach('ready')
    expect(local()?.progress).toMatchObject({ stage: 'started' })
    const steps = logged.flatMap(({ level, fields }) => (level === 'info' ? [fields.stage] : []))
    expect(steps.filter((stage) => stage === 'fetching')).toHaveLength(1)
    await close()
    expect(local()?.state).toBe('stopped')
  })

  it('the model is the one that is named', async () => {
    const arguments_ = [{ arguments: true }, ...READY]
    const { watch } = await open(
      { DEFAULT_ENGINE_URL: NOBODY, LOCAL_MODEL: '/models/My Model.Q4.gguf' },
      [arguments_],
    )
    await reach('ready')
    expect(watch.localStart?.modelName).toBe('My Model.Q4')
    const said = logged
      .map(({ fields }) => String(fields.line))
      .find((line) => /^arguments/.test(line))
    expect(said).toContain('"--model","/models/My Model.Q4.gguf"')
  })

  it('a start that failed is told with its figures, and tried again', async () => {
    const failing = [
      { print: '[local-engine] stage=failed code=no-space retry=later needed_mb=750 free_mb=3' },
      { exit: 1 },
    ]
    await open({ DEFAULT_ENGINE_URL: NOBODY }, [failing, READY])
    await reach('waiting')
    expect(local()).toMatchObject({
      failure: {
        code: 'local-no-space',
        details: { needed_mb: 750, free_mb: 3 },
        nextTryInMs: expect.any(Number),
      },
    })
    expect(local()?.progress).toBeUndefined()
    expect(logged).toContainEqual({
      level: 'warn',
      fields: expect.objectContaining({ code: 'no-space', restartInMs: 1000 }),
      message: 'the local engine ended',
    })
    await reach('ready')
    expect(local()?.failure).toBeUndefined()
  })

  it('a program that says nothing on that port holds nothing up for more than a second', async () => {
    const silent = await serve(() => {})
    servers.push(silent)
    const startedAtMs = performance.now()
    const { watch } = await open({ DEFAULT_ENGINE_URL: silent.rootUrl })
    expect(watch.localStart).toBeDefined()
    expect(performance.now() - startedAtMs).toBeLessThan(3000)
  })
})
