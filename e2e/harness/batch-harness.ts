import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CHAT_PATH } from '../stub/recorder.ts'
import { type BatchClient, createBatchClient } from './batch-client.ts'
import { createRandom, type Random } from './create-random.ts'
import { type System, startSystem, until } from './start-system.ts'

export type BatchReport = {
  /** While the batch was running. */
  kills: number
  rows: number
  /** Requests that reached the engine for them. */
  asked: number
  /** Rows without a result at the end. */
  lost: number
  /** Rows with two results, or asked again although their result was kept. */
  doubled: number
  concurrency: number
  /** By the gauge of the engine. */
  maxInFlight: number
  problems: string[]
}

type Bench = {
  system: System
  batches: BatchClient
  id: string
  random: Random
  /** Index of each row whose result was on the disk at a kill → how often it had been asked by then. */
  kept: Map<number, number>
  report: BatchReport
}

const CONCURRENCY = 8
/** About 110 rows a second: no round between two kills gets through as many. */
const PACE = { ttftMs: 30, tokenDelayMs: 10, tokenCount: 5 }
const ROWS_A_KILL = 180
const LONGEST_ROUND_MS = 1200
const END_DEADLINE_MS = 120_000

/** The rows that the journal on the disk has, whole lines only. */
async function readKept({ system, id }: Bench): Promise<number[]> {
  const file = join(system.app.dataDir, 'batches', id, 'results.jsonl')
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).index as number)
}

function countAsked({ system, id }: Bench): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { sessionId } of system.stub.control.requests({ path: CHAT_PATH })) {
    if (sessionId === undefined || !sessionId.startsWith(`${id}-`)) continue
    const index = Number(sessionId.slice(id.length + 1))
    counts.set(index, (counts.get(index) ?? 0) + 1)
  }
  return counts
}

/** Ends the server by SIGKILL at a moment of this round, and holds the disk to what it had. */
async function playRound({ bench, round }: { bench: Bench; round: number }): Promise<void> {
  const { system, random, kept, report } = bench
  const { control } = system.stub
  // Now and then before the first row of a start, else at any moment after it.
  if (round % 5 !== 4) await control.waitForRequests({ min: control.status().total + 1 })
  await sleep(random.between(0, LONGEST_ROUND_MS))
  await system.app.stop('SIGKILL')
  await control.waitForStatus({ is: { inFlight: 0 } })
  const rows = await readKept(bench)
  report.doubled += rows.length - new Set(rows).size
  const asked = countAsked(bench)
  for (const index of kept.keys()) if (!rows.includes(index)) report.lost += 1
  for (const index of rows) kept.set(index, kept.get(index) ?? asked.get(index) ?? 0)
  if (rows.length < report.rows) report.kills += 1
  await system.app.restart()
}

async function checkEnd(bench: Bench, questions: readonly string[]): Promise<void> {
  const { system, batches, id, kept, report } = bench
  system.stub.control.patch({ ttftMs: 1, tokenDelayMs: 0 })
  await until({
    what: 'the end of the batch',
    read: async () => ((await batches.load(id)).state === 'complete' ? true : undefined),
    timeoutMs: END_DEADLINE_MS,
    everyMs: 200,
  })
  const answers = await batches.results(id)
  const asked = countAsked(bench)
  for (const [index, count] of kept) if (asked.get(index) !== count) report.doubled += 1
  report.asked = [...asked.values()].reduce((sum, count) => sum + count, 0)
  report.lost += questions.length - new Set(answers.map(({ line }) => line)).size
  report.doubled += answers.length - new Set(answers.map(({ line }) => line)).size
  report.maxInFlight = system.stub.control.status().maxInFlight
  for (const [at, { prompt, answer, status }] of answers.entries()) {
    if (prompt === questions[at] && status === 'complete' && answer !== '') continue
    report.problems.push(`row ${at}: ${status}, "${prompt}"`)
  }
  if (report.asked > report.rows + report.kills * CONCURRENCY) {
    report.problems.push(`${report.asked} requests: more than what was in flight was asked again`)
  }
}

/** Kills the server again and again while a batch of its page runs, and holds it to every row. */
export async function runBatchHarness(options: {
  kills: number
  seed?: number
  onRound?: (done: number) => void
}): Promise<BatchReport> {
  const { kills, seed = 1, onRound = () => {} } = options
  const questions = Array.from({ length: kills * ROWS_A_KILL }, (_, at) => `question ${at + 1}`)
  const system = await startSystem({ scenario: PACE })
  try {
    const batches = createBatchClient(system.app.url)
    const { id } = await batches.upload(questions.join('\n'))
    const report: BatchReport = {
      ...{ kills: 0, rows: questions.length, asked: 0, lost: 0, doubled: 0 },
      ...{ concurrency: CONCURRENCY, maxInFlight: 0, problems: [] },
    }
    const random = createRandom(seed)
    const bench: Bench = { system, batches, id, random, kept: new Map(), report }
    await batches.start({ id, concurrency: CONCURRENCY })
    for (let round = 0; round < kills; round += 1) {
      await playRound({ bench, round })
      onRound(round + 1)
    }
    await checkEnd(bench, questions)
    report.problems.push(...(await system.findViolations()))
    return report
  } finally {
    await system.dispose()
  }
}
