import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import { runInProcess, spawnCommand } from './__fixtures__/run-batch-command'

let stub: StubEngine
let folder: string
let url: string
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-token-batch-cli-'))
  stub = await startStubEngine({ scenario: { ttftMs: 1, tokenDelayMs: 0, tokenCount: 3 } })
  url = `${stub.url}/v1`
})

beforeEach(() => stub.control.reset())

afterAll(async () => {
  await stub.close()
  await rm(folder, { recursive: true, force: true })
})

/** Paths of one run, so that none meets another. */
async function prepare(options: { text: string; ext?: string; outExt?: string }) {
  count += 1
  const file = join(folder, `${count}.${options.ext ?? 'txt'}`)
  const out = join(folder, `${count}.out.${options.outExt ?? 'jsonl'}`)
  await writeFile(file, options.text)
  return { file, out }
}

const lines = (rows: number) => Array.from({ length: rows }, (_, at) => `question ${at}\n`).join('')

async function readLines(file: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(file, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('npm run batch', () => {
  it('asks all, writes every row in the order of the input, and leaves nothing else behind', async () => {
    const { file, out } = await prepare({ text: lines(30) })
    const { exitCode, printed } = await runInProcess({
      argv: [file, '--out', out, '--concurrency', '5'],
      url,
    })
    expect(exitCode).toBe(0)
    expect((await readLines(out)).map(({ prompt }) => prompt)).toEqual(
      lines(30).trimEnd().split('\n'),
    )
    expect(printed).toMatch(/^completed {2,}30$/m)
    expect(printed).toMatch(/^mean_ttft_ms {2,}\d/m)
    expect(existsSync(`${out}.batch`)).toBe(false)
    const { maxInFlight, total } = stub.control.status()
    expect([maxInFlight, total]).toEqual([5, 30])
    const body = JSON.parse(
      stub.control.requests({ path: '/v1/chat/completions' })[0]?.body ?? '{}',
    )
    expect(body).toMatchObject({
      max_tokens: 512,
      stream: true,
      messages: [{ role: 'system' }, { role: 'user' }],
    })
  })

  it('reads a table with a template, and passes its columns through', async () => {
    const { file, out } = await prepare({
      text: 'id,city\n7,Bern\n8,=Rome',
      ext: 'csv',
      outExt: 'csv',
    })
    const argv = [
      file,
      '--out',
      out,
      '--template',
      'Where is {city}?',
      '--system-prompt',
      'Be brief.',
    ]
    expect((await runInProcess({ argv, url })).exitCode).toBe(0)
    const rows: Record<string, string>[] = parse(await readFile(out, 'utf8'), { columns: true })
    expect(rows.map(({ id, city, prompt, status }) => [id, city, prompt, status])).toEqual([
      ['7', 'Bern', 'Where is Bern?', 'complete'],
      ['8', "'=Rome", 'Where is =Rome?', 'complete'],
    ])
    const body = JSON.parse(
      stub.control.requests({ path: '/v1/chat/completions' })[0]?.body ?? '{}',
    )
    expect(body.messages[0]).toEqual({ role: 'system', content: 'Be brief.' })
  })

  it('reads stdin', async () => {
    const out = join(folder, 'stdin.jsonl')
    const { exitCode } = await runInProcess({ argv: ['-', '--out', out], url, stdin: 'a\nb\n' })
    expect(exitCode).toBe(0)
    expect(await readLines(out)).toHaveLength(2)
  })

  it("takes OpenAI's requests and writes OpenAI's output", async () => {
    const request = (id: string) =>
      JSON.stringify({
        custom_id: id,
        method: 'POST',
        url: '/v1/chat/completions',
        body: { messages: [{ role: 'user', content: 'a' }], max_tokens: 2 },
      })
    const { file, out } = await prepare({ text: `${request('x')}\n${request('y')}`, ext: 'jsonl' })
    const argv = [file, '--out', out, '--output-format', 'openai']
    expect((await runInProcess({ argv, url })).exitCode).toBe(0)
    expect(await readLines(out)).toMatchObject([
      {
        custom_id: 'x',
        response: { status_code: 200, body: { object: 'chat.completion' } },
        error: null,
      },
      { custom_id: 'y', response: { status_code: 200 }, error: null },
    ])
  })

  it('ends with 2 and names each line when rows cannot be asked, and goes on without them when told to', async () => {
    const { file, out } = await prepare({ text: 'q,x\na,1\nb\n,2\nc,3', ext: 'csv' })
    const refused = await runInProcess({ argv: [file, '--out', out], url })
    expect(refused.exitCode).toBe(2)
    expect(refused.told).toContain('line 3: It has 1 cell, the head has 2.\n')
    expect(refused.told).toContain('line 4: There is no question in it.\n')
    expect(existsSync(out)).toBe(false)
    expect((await runInProcess({ argv: [file, '--out', out, '--skip-bad'], url })).exitCode).toBe(0)
    expect((await readLines(out)).map(({ line }) => line)).toEqual([2, 5])
  })

  it('looks an input through without asking anything', async () => {
    const { file } = await prepare({ text: '{"prompt":"a"}\nnonsense\n', ext: 'jsonl' })
    const { exitCode, printed } = await runInProcess({ argv: [file, '--check', '--json'], url })
    expect(exitCode).toBe(2)
    expect(JSON.parse(printed)).toMatchObject({
      type: 'check',
      format: 'jsonl',
      rows: 1,
      badRows: 1,
    })
    expect(stub.control.status().total).toBe(0)
  })

  it('ends with 1 when rows failed, and asks only those again when told to', async () => {
    stub.control.patch({ error: { when: 'first', afterTokens: 0, status: 400, shape: 'nested' } })
    const { file, out } = await prepare({ text: lines(3) })
    const first = await runInProcess({ argv: [file, '--out', out], url })
    expect(first.exitCode).toBe(1)
    expect((await readLines(out)).map(({ status }) => status)).toEqual([
      'failed',
      'failed',
      'failed',
    ])
    await stub.control.reset()
    const same = await runInProcess({ argv: [file, '--out', out], url })
    expect([same.exitCode, stub.control.status().total]).toEqual([1, 0])
    const again = await runInProcess({ argv: [file, '--out', out, '--retry-failed'], url })
    expect([again.exitCode, stub.control.status().total]).toEqual([0, 3])
    expect((await readLines(out)).map(({ status }) => status)).toEqual([
      'complete',
      'complete',
      'complete',
    ])
  })

  it('ends with 130 when it is stopped, writes what was done, and goes on from there', async () => {
    stub.control.patch({ tokenDelayMs: 10, tokenCount: 20 })
    const { file, out } = await prepare({ text: lines(40) })
    const stop = new AbortController()
    const argv = [file, '--out', out, '--concurrency', '4']
    const running = runInProcess({ argv, url, signal: stop.signal })
    await stub.control.waitForRequests({ min: 12, state: 'ended', timeoutMs: 15_000 })
    stop.abort()
    expect((await running).exitCode).toBe(130)
    await stub.control.waitForStatus({ is: { inFlight: 0 } })
    const kept = (await readLines(out)).length
    expect(kept).toBeGreaterThanOrEqual(8)
    expect(kept).toBeLessThan(40)
    await stub.control.reset()
    const again = await runInProcess({ argv, url })
    expect([again.exitCode, stub.control.status().total]).toEqual([0, 40 - kept])
    expect(again.told).toContain(`Going on: ${kept} of 40 rows have their result.`)
    expect((await readLines(out)).map(({ line }) => line)).toEqual(
      Array.from({ length: 40 }, (_, at) => at + 1),
    )
  })

  it('does not mix runs: another input, other settings or an output that is there are refused', async () => {
    stub.control.patch({ error: { when: 'first', afterTokens: 0, status: 400, shape: 'nested' } })
    const { file, out } = await prepare({ text: lines(2) })
    expect((await runInProcess({ argv: [file, '--out', out], url })).exitCode).toBe(1)
    const other = await runInProcess({ argv: [file, '--out', out, '--max-tokens', '7'], url })
    expect([other.exitCode, other.told]).toEqual([2, expect.stringContaining('other settings')])
    await stub.control.reset()
    expect(
      (await runInProcess({ argv: [file, '--out', out, '--max-tokens', '7', '--restart'], url }))
        .exitCode,
    ).toBe(0)
    const there = await runInProcess({ argv: [file, '--out', out], url })
    expect([there.exitCode, there.told]).toEqual([2, expect.stringContaining('is there already')])
  })

  it.each([
    [[], 'Name the file'],
    [['x'], '--out names the file'],
    [['x', '--out', 'y', '--concurrency', '0'], '--concurrency must be a whole number, 1-256'],
    [['x', '--out', 'y', '--concurrency', '257'], '1-256'],
    [['x', '--out', 'y', '--temperature', 'hot'], '--temperature must be 0-2'],
    [['x', '--out', 'y', '--max-tokens', '0'], '--max-tokens must be'],
    [['x', '--out', 'y', '--format', 'xml'], '--format can be lines, csv'],
    [['x', '--out', 'y', '--nonsense'], "Unknown option '--nonsense'"],
    [['x', '--out', 'y', '--goodput', 'fast'], '--goodput is written like'],
    [['x', 'z', '--out', 'y'], '"z" belongs to no flag'],
    [['/no/such/file', '--check'], 'cannot be read (ENOENT)'],
  ])('ends with 2 and a sentence for %j', async (argv, sentence) => {
    const { exitCode, told } = await runInProcess({ argv, url })
    expect([exitCode, told]).toEqual([2, expect.stringContaining(sentence)])
  })

  it('compares one by one with more and more at once', async () => {
    const { file } = await prepare({ text: lines(9) })
    stub.control.patch({ ttftMs: 20 })
    const { exitCode, printed } = await runInProcess({ argv: [file, '--compare', '4'], url })
    expect(exitCode).toBe(0)
    expect(printed).toMatch(/^\| 1\b.*\n\| 2\b.*\n\| 4\b/m)
    expect(printed).toContain('4 at once against 1:')
    expect(stub.control.status().total).toBe(4 + 3 * 4)
  })

  it('prints JSON for programs', async () => {
    const { file, out } = await prepare({ text: lines(3) })
    const { printed } = await runInProcess({
      argv: [file, '--out', out, '--json', '--goodput', 'ttft:100000'],
      url,
    })
    const events = printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events[0]).toMatchObject({ type: 'progress', rows: 3 })
    expect(events.at(-1)).toMatchObject({
      type: 'end',
      outcome: { kind: 'complete' },
      complete: 3,
      summary: { completed: 3, request_goodput: expect.any(Number) },
    })
  })

  it('works as a program: a signal stops it, its results stay, and two never write one output', async () => {
    stub.control.patch({ tokenDelayMs: 20, tokenCount: 20 })
    const { file, out } = await prepare({ text: lines(60) })
    const argv = [file, '--out', out, '--concurrency', '4']
    const running = spawnCommand({ argv, url })
    await stub.control.waitForRequests({ min: 6, state: 'ended', timeoutMs: 15_000 })
    const second = await runInProcess({ argv, url })
    expect([second.exitCode, second.told]).toEqual([
      2,
      expect.stringContaining('works on this output already'),
    ])
    running.child.kill('SIGINT')
    expect(await running.ended).toBe(130)
    expect((await readLines(out)).length).toBeGreaterThanOrEqual(4)
  })
})
