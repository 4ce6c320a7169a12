import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runPlan } from '@/cli/plan/run-plan'
import { isAlive, startOf } from '@/lib/process/holder'
import { type Bench, createBench } from './__fixtures__/launcher'
import { runEngine } from './run-engine'

const TOO_LONG =
  "ValueError: To serve at least one request with the model's max seq len (262144), (36.0 GiB KV cache is needed, which is larger than the available KV cache memory (13.06 GiB). Based on the available memory, the estimated maximum model length is 95088. Try increasing"

let bench: Bench

beforeEach(async () => {
  bench = await createBench()
})
afterEach(() => bench.dispose())

const start = (...more: string[]) => [
  'start',
  '--port',
  String(bench.port),
  '--no-gpu-check',
  ...more,
]
const lives = (pid: number | undefined) =>
  pid !== undefined && isAlive({ pid, startedAt: startOf(pid) ?? 'gone' })
const state = () =>
  JSON.parse(readFileSync(join(bench.dataDir, `engine-${bench.port}`, 'state.json'), 'utf8'))
const log = () => readFileSync(join(bench.dataDir, `engine-${bench.port}`, 'vllm.log'), 'utf8')

async function untilDead(...pids: (number | undefined)[]) {
  await expect.poll(() => pids.some(lives), { timeout: 15_000 }).toBe(false)
}

describe('npm run engine -- start', { timeout: 60_000 }, () => {
  it('starts what the plan says, waits until it answers, and ends it with all its children on Ctrl-C', async () => {
    const launched = bench.run({ words: start('--max-model-len', '8192', '--', '--enforce-eager') })
    await launched.says('Ready after')
    const [first] = bench.starts()
    expect(first?.args.slice(0, 4)).toEqual([
      'serve',
      'Qwen/Qwen3-4B-Instruct-2507',
      '--max-model-len',
      '8192',
    ])
    expect(first?.args.slice(-3)).toEqual(['--port', String(bench.port), '--enforce-eager'])
    expect(launched.output()).toContain('There is no nvidia-smi here')
    expect(launched.output()).toMatch(/\d s {2}Started\n/)
    expect(state()).toMatchObject({ status: 'ready', starts: 1, engine: { pid: first?.pid } })
    expect(log()).toContain('Application startup complete.')
    launched.child.kill('SIGINT')
    expect(await launched.exit).toBe(0)
    await untilDead(first?.pid, first?.core)
    expect(state()).toMatchObject({ status: 'ended', lastEnd: 'stopped' })
  })

  it('takes the plan that npm run plan wrote, and flags over it', async () => {
    const { output } = await runPlan(['--max-model-len', '4096', '--weights', 'fp8', '--json'])
    const file = join(bench.dataDir, '..', 'plan.json')
    writeFileSync(file, output)
    const launched = bench.run({ words: start('--plan', file, '--max-model-len', '2048') })
    await launched.says('Ready after')
    const words = bench.starts()[0]?.args.join(' ')
    expect(words).toContain('Qwen/Qwen3-4B-Instruct-2507-FP8')
    expect(words).toContain('--max-model-len 2048')
  })

  it('refuses where there is no nvidia-smi, unless told to go on', async () => {
    const launched = bench.run({ words: ['start', '--port', String(bench.port)] })
    expect(await launched.exit).toBe(1)
    expect(launched.output()).toContain('--no-gpu-check goes on without it.')
    expect(bench.starts()).toEqual([])
  })

  it('checks the plan against the cards that are there, and goes on only when forced', async () => {
    const gpus = '0, NVIDIA GeForce RTX 4090, 24564, 9000, 8.9'
    const words = ['start', '--port', String(bench.port), '--max-model-len', '262144']
    const refused = bench.run({ words, gpus })
    expect(await refused.exit).toBe(1)
    expect(refused.output()).toContain('needs 36 GiB of KV cache')
    expect(refused.output()).toContain(
      'has 8.8 GiB free, and --gpu-memory-utilization 0.88 wants 20.7',
    )
    expect(bench.starts()).toEqual([])
    const forced = bench.run({ words: [...words, '--force'] })
    await forced.says('Ready after')
  })

  it('says the cause of a fatal start and its cure, and does not try it again', async () => {
    const launched = bench.run({ words: start('--restart'), plan: [`fatal ${TOO_LONG}`] })
    expect(await launched.exit).toBe(1)
    expect(launched.output()).toContain('vLLM ended (exit code 1) before it answered.')
    expect(launched.output()).toContain('262144 tokens need 36 GiB, 13.06 GiB are there')
    expect(launched.output()).toContain('What to do: Start vLLM with --max-model-len 94208')
    expect(launched.output()).toContain('It is not started again')
    expect(bench.starts()).toHaveLength(1)
    expect(state()).toMatchObject({ status: 'ended', lastEnd: 'exit code 1, kv-too-small' })
  })

  it('tends it also where nothing can be written down any more', async () => {
    const launched = bench.run({ words: start('--restart') })
    await launched.says('Ready after')
    // In the way of the next state, as a full disk would be.
    mkdirSync(join(bench.dataDir, `engine-${bench.port}`, 'state.json.new'))
    process.kill(bench.starts()[0]?.pid ?? 0, 'SIGKILL')
    await launched.says('Could not be written down: EISDIR')
    await expect.poll(() => bench.starts().length, { timeout: 20_000 }).toBe(2)
    launched.child.kill('SIGINT')
    expect(await launched.exit).toBe(0)
    await untilDead(bench.starts()[1]?.pid)
  })

  it('starts it again with back-off when it is killed, and leaves nothing of the killed one', async () => {
    const launched = bench.run({ words: start('--restart') })
    await launched.says('Ready after')
    const [first] = bench.starts()
    process.kill(first?.pid ?? 0, 'SIGKILL')
    await launched.says('vLLM ended (SIGKILL).')
    await launched.says('It is started again in 1 s.')
    await untilDead(first?.core)
    await expect.poll(() => bench.starts().length, { timeout: 20_000 }).toBe(2)
    await expect.poll(() => state().status, { timeout: 20_000 }).toBe('ready')
    expect(log()).toContain('[first-token] vLLM ended (SIGKILL).')
    expect(state()).toMatchObject({ starts: 2, lastEnd: 'SIGKILL' })
    process.kill(bench.starts()[1]?.pid ?? 0, 'SIGKILL')
    await launched.says('It is started again in 2 s.')
    launched.child.kill('SIGTERM')
    expect(await launched.exit).toBe(0)
    expect(bench.starts()).toHaveLength(2)
  })

  it('ends with 1 when vLLM ends by itself and no restart was asked for', async () => {
    const launched = bench.run({ words: start() })
    await launched.says('Ready after')
    process.kill(bench.starts()[0]?.pid ?? 0, 'SIGTERM')
    expect(await launched.exit).toBe(1)
    expect(launched.output()).toContain('vLLM ended (exit code 0).')
  })

  it('kills a vLLM that takes no signal', async () => {
    const launched = bench.run({ words: start(), plan: ['stubborn'] })
    await launched.says('Ready after')
    const [first] = bench.starts()
    launched.child.kill('SIGINT')
    expect(await launched.exit).toBe(0)
    await untilDead(first?.pid, first?.core)
  })

  it('says what cannot be used', async () => {
    const wrong: [string[], string][] = [
      [start('--executable', '/nowhere/vllm'), 'There is no program /nowhere/vllm.'],
      [start(), 'There is no program vllm.'],
      [start('--wieghts', 'awq'), 'Did you mean --weights?'],
      [start('--executable', '/bin/sh', '--plan', '/nowhere.json'), '/nowhere.json cannot be read'],
      [start('--plan'), '--plan needs a value.'],
      [['begin'], 'none of start, stop, status, logs'],
      [['stop', '--port', 'x'], '--port is a number'],
      [['logs', '--lines', 'many'], '--lines is a number'],
      [['stop', '--gpu', 'T4'], '--gpu belongs to start.'],
    ]
    for (const [argv, sentence] of wrong) {
      let told = ''
      const tell = (line: string) => {
        told += line
      }
      const { signal } = new AbortController()
      const output = { print: tell, printError: tell, signal }
      const code = await runEngine({ argv, source: { DATA_DIR: bench.dataDir }, output })
      expect([argv, code]).toEqual([argv, 2])
      expect(told).toContain(sentence)
    }
  })
})

describe('stop, status and logs', { timeout: 60_000 }, () => {
  it('know the engine that another terminal started', async () => {
    const launched = bench.run({ words: start() })
    await launched.says('Ready after')
    const status = bench.run({ words: ['status'] })
    expect(await status.exit).toBe(0)
    expect(status.output()).toContain(`Port ${bench.port}: serves fake; launcher at work (ready).`)
    const second = bench.run({ words: start() })
    expect(await second.exit).toBe(3)
    expect(second.output()).toContain(`npm run engine -- stop --port ${bench.port}`)
    const logs = bench.run({ words: ['logs', '--lines', '1'] })
    expect(await logs.exit).toBe(0)
    expect(logs.output()).toMatch(/^.*Application startup complete\.\n$/)
    const stop = bench.run({ words: ['stop'] })
    expect(await stop.exit).toBe(0)
    expect(stop.output()).toContain('has ended.')
    expect(await launched.exit).toBe(0)
    const after = bench.run({ words: ['status', '--json'] })
    expect(await after.exit).toBe(1)
    expect(JSON.parse(after.output())).toMatchObject({
      isLaunched: false,
      isRunning: false,
      state: { status: 'ended' },
    })
    expect(await bench.run({ words: ['stop'] }).exit).toBe(0)
  })

  it('find and end a vLLM whose launcher was killed', async () => {
    const launched = bench.run({ words: start() })
    await launched.says('Ready after')
    const [first] = bench.starts()
    launched.child.kill('SIGKILL')
    await launched.exit
    expect(lives(first?.pid)).toBe(true)
    const again = bench.run({ words: start() })
    expect(await again.exit).toBe(3)
    expect(again.output()).toContain('lost its launcher')
    const status = bench.run({ words: ['status'] })
    await status.exit
    expect(status.output()).toContain('its launcher is gone')
    expect(await bench.run({ words: ['stop'] }).exit).toBe(0)
    await untilDead(first?.pid, first?.core)
  })

  it('follow the log', async () => {
    const launched = bench.run({ words: start('--restart') })
    await launched.says('Ready after')
    const logs = bench.run({ words: ['logs', '--lines', '1', '--follow'] })
    await logs.says('Application startup complete.')
    expect(logs.output()).not.toContain('Resolved architecture')
    process.kill(bench.starts()[0]?.pid ?? 0, 'SIGTERM')
    await logs.says('Application shutdown complete.')
    logs.child.kill('SIGINT')
    expect(await logs.exit).toBe(0)
  })
})
