import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRandom } from '@/e2e/harness/create-random'
import { type StubEngine, startStubEngine } from '@/e2e/stub/start-stub-engine'
import { spawnCommand } from './__fixtures__/run-batch-command'

const ROWS = 1200
const KILLS = 20
const CONCURRENCY = 8

let stub: StubEngine
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-token-batch-kill-'))
  stub = await startStubEngine({ scenario: { ttftMs: 20, tokenDelayMs: 10, tokenCount: 5 } })
})

afterAll(async () => {
  await stub.close()
  await rm(folder, { recursive: true, force: true })
})

it('loses and doubles no row over 20 ends by SIGKILL at any moment', async () => {
  const file = join(folder, 'questions.txt')
  const out = join(folder, 'answers.jsonl')
  const questions = Array.from({ length: ROWS }, (_, at) => `question ${at}`)
  await writeFile(file, `${questions.join('\n')}\n`)
  const argv = [file, '--out', out, '--concurrency', String(CONCURRENCY)]
  const url = `${stub.url}/v1`
  const random = createRandom(7)
  const kept = async () => {
    const text = await readFile(join(`${out}.batch`, 'results.jsonl'), 'utf8').catch(() => '')
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).index as number)
  }
  let struck = 0
  for (let round = 0; round < KILLS; round += 1) {
    const before = stub.control.status().total
    const running = spawnCommand({ argv, url })
    // Any moment from the first request on, and now and then one before it.
    if (round % 5 !== 4) {
      await stub.control.waitForRequests({ min: before + 1, timeoutMs: 30_000 })
      await sleep(random.between(0, 400))
    } else await sleep(random.between(0, 500))
    running.child.kill('SIGKILL')
    if ((await running.ended) === 'SIGKILL') struck += 1
    // What the killed one had in flight is none of the next one's.
    await stub.control.waitForStatus({ is: { inFlight: 0 } })
    const rows = await kept()
    expect(new Set(rows).size).toBe(rows.length)
  }
  const last = spawnCommand({ argv, url })
  expect(await last.ended, last.told()).toBe(0)
  expect(struck).toBe(KILLS)
  const answers = (await readFile(out, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(answers.map(({ prompt }) => prompt)).toEqual(questions)
  expect(answers.every(({ status, answer }) => status === 'complete' && answer !== '')).toBe(true)
  const { maxInFlight, total } = stub.control.status()
  expect(maxInFlight).toBe(CONCURRENCY)
  // What was done is not asked again: only what was in flight at a kill.
  expect(total).toBeLessThanOrEqual(ROWS + KILLS * CONCURRENCY)
}, 240_000)
