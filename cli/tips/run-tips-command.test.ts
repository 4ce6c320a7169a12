import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import { HELP } from './help'
import { runTipsCommand } from './run-tips-command'

let dataDir: string
let stub: StubEngine | undefined

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tips-command-'))
})
afterEach(async () => {
  await stub?.close()
  stub = undefined
  rmSync(dataDir, { recursive: true })
})

const open = async (scenario: Parameters<typeof startStubEngine>[0] = {}) => {
  stub = await startStubEngine({
    scenario: { ttftMs: 0, tokenDelayMs: 1, tokenCount: 12, ...scenario.scenario },
  })
  return stub.url
}

async function run(argv: string[], signal = new AbortController().signal) {
  const printed: string[] = []
  const told: string[] = []
  const output = {
    print: (line: string) => void printed.push(line),
    tell: (line: string) => void told.push(line),
    signal,
  }
  const exitCode = await runTipsCommand({ argv, source: { DATA_DIR: dataDir }, output })
  return { exitCode, printed: printed.join('\n'), told: told.join('\n') }
}

describe('npm run tips', { timeout: 60_000 }, () => {
  it('records a run, shows it, and compares it with another', async () => {
    const engine = await open()
    const more = ['--engine', engine, '--only', 'batch', '--repeats', '3']
    const first = await run([...more, '--label', 'a1'])
    expect([first.exitCode, first.told.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/: 96 requests, batch$/),
    ])
    expect(first.told).toContain('100 %  batch, 96 of 96')
    expect(first.printed).toMatch(/16 questions +Throughput, one by one +\d+(\.\d+)? tok\/s/)
    const second = await run([...more, '--label', 'a2', '--compare', 'a1', 'a2'])
    expect(second.printed).toMatch(/\d of 5 figures differ by more than they spread\./)
    expect(second.printed).toContain('The engine told the same of itself in both.')
    expect((await run(['--list'])).printed).toMatch(/^a1 {2}1 run.*: batch\na2 {2}1 run/)
  })

  it('finds what a change brought', async () => {
    const engine = await open({ scenario: { tokenCount: 3 } })
    const more = ['--engine', engine, '--only', 'batch', '--repeats', '3']
    await run([...more, '--label', 'fast'])
    stub?.control.patch({ tokenDelayMs: 8 })
    const slow = await run([...more, '--label', 'slow', '--compare', 'fast', 'slow', '--json'])
    const { rows } = JSON.parse(slow.printed)
    expect(
      rows.find(({ figure }: { figure: string }) => figure === 'serialLatencyMs'),
    ).toMatchObject({
      verdict: 'worse',
    })
  })

  it('keeps nothing of a run that is cancelled', async () => {
    const engine = await open({ scenario: { tokenDelayMs: 50 } })
    const cancelling = new AbortController()
    const running = run(['--engine', engine, '--only', 'batch'], cancelling.signal)
    await stub?.control.waitForRequests({ min: 1 })
    cancelling.abort()
    const { exitCode, told } = await running
    expect([exitCode, told.split('\n').at(-1)]).toEqual([1, 'Cancelled: nothing was kept.'])
    expect((await run(['--list'])).printed).toBe('Nothing was recorded yet.')
  })

  it.each<[string[], string]>([
    [['--labels', 'x'], 'Did you mean --label?'],
    [['--only', 'speed'], '--only takes some of concurrency, prefix'],
    [['--repeats', '0'], '--repeats is a whole number from 1 to 20'],
    [['--compare', 'a'], '--compare needs two labels.'],
    [['--compare', 'a', 'b'], 'There are no runs of both a and b. Labels: none.'],
    [['--label', '../x'], 'cannot be a label'],
    [['--engine', 'gpu:8000', '--label', 'x'], 'no http or https address'],
  ])('ends with 2 and a clear sentence for %j', async (argv, sentence) => {
    const { exitCode, told } = await run(argv)
    expect(exitCode).toBe(2)
    expect(told).toContain(sentence)
  })

  it('says that nothing answers', async () => {
    const { exitCode, told } = await run(['--engine', 'http://127.0.0.1:9', '--label', 'x'])
    expect([exitCode, told]).toEqual([
      1,
      expect.stringContaining('does not answer: engine_unreachable'),
    ])
  })

  it('explains itself', async () => {
    expect((await run(['--help'])).printed).toBe(HELP.trimEnd())
  })
})
