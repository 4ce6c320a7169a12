import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { nowEpochMs } from '../stub/recorder.ts'
import { createRandom, type Random } from './create-random.ts'
import { isAlive } from './inspect-server.ts'
import { checkEntry, comeBack, type KillCounts } from './kill-check.ts'
import { createLedger, type Ledger, type LedgerEntry } from './kill-ledger.ts'
import { loadServer } from './kill-load.ts'
import { checkIntegrity, readMessages } from './read-database.ts'
import { type System, startSystem } from './start-system.ts'
import { type Summary, summarize } from './summarize.ts'

/** Moments between the statements of the store; `random` is any moment at all. */
const KILL_POINTS = [
  ...['before-question', 'mid-question', 'before-commit', 'after-commit'],
  ...['before-checkpoint', 'mid-checkpoint', 'before-checkpoint-commit', 'after-checkpoint'],
  ...['before-finish', 'mid-finish', 'before-finish-commit', 'after-finish'],
] as const

export type KillReport = Omit<KillCounts, 'lostTextMs'> & {
  kills: number
  /** How many kills struck where; a named point that was not met in time is a random one. */
  points: Record<string, number>
  unopenable: number
  lostTextMs: Summary
  questions: number
}

/** Of all servers together. */
type Totals = {
  counts: KillCounts
  points: Record<string, number>
  unopenable: number
  questions: number
  rounds: number
}

type Bench = {
  system: System
  random: Random
  ledger: Ledger
  armFile: string
  totals: Totals
}

const PRELOAD = fileURLToPath(new URL('./preload/kill-at.cjs', import.meta.url))
const SAMPLE_MS = 8
const POINT_DEADLINE_MS = 2500

/** Waits until the process is gone; samples the engine meanwhile. */
async function watchDeath(options: { bench: Bench; pid: number; round: number; forMs: number }) {
  const { bench, pid, round, forMs } = options
  const { ledger, system } = bench
  const deadline = performance.now() + forMs
  while (performance.now() < deadline && isAlive(pid)) {
    ledger.sample({ system, round, atMs: nowEpochMs() })
    await sleep(SAMPLE_MS)
  }
}

/** Ends the server by SIGKILL at a random moment or at a point of the store; says when it was. */
async function kill(options: { bench: Bench; round: number; point: string }): Promise<number> {
  const { bench, round, point } = options
  const { system, random, armFile } = bench
  const { points } = bench.totals
  const pid = system.pid()
  await watchDeath({ bench, pid, round, forMs: random.between(50, 1800) })
  if (point !== 'random') {
    await writeFile(armFile, point)
    await watchDeath({ bench, pid, round, forMs: POINT_DEADLINE_MS })
  }
  const killedAtMs = nowEpochMs()
  const wasAlive = isAlive(pid)
  await system.app.stop('SIGKILL')
  const [, atMs] = readFileSync(armFile, 'utf8').split(' ')
  await writeFile(armFile, '')
  const struck = wasAlive || atMs === undefined ? 'random' : point
  points[struck] = (points[struck] ?? 0) + 1
  return struck === 'random' ? killedAtMs : Number(atMs)
}

async function checkRound(options: { bench: Bench; round: number; killedAtMs: number }) {
  const { bench, round, killedAtMs } = options
  const { system, ledger } = bench
  const { counts } = bench.totals
  const ofRound = ledger.entries.filter((entry) => entry.round === round)
  const messages = Map.groupBy(
    readMessages({ dataDir: system.app.dataDir }),
    ({ threadId }) => threadId,
  )
  for (const entry of ofRound) {
    const rows = messages.get(entry.request.threadId) ?? []
    checkEntry({ system, entry, rows, killedAtMs, counts })
  }
  for (const { request, isAcknowledged } of ofRound) {
    if (!isAcknowledged) continue
    const { status } = await system.client.thread(request.threadId)
    if (status !== 200) counts.problems.push(`thread ${request.threadId}: opens with ${status}`)
  }
}

async function playRound(options: { bench: Bench; round: number; point: string }): Promise<void> {
  const { bench, round } = options
  const { system, random, ledger } = bench
  const gone = new AbortController()
  const people = random.between(2, 5)
  const loaded = loadServer({ ...bench, round, people, signal: gone.signal })
  const killedAtMs = await kill(options)
  gone.abort()
  await loaded
  await system.stub.control.waitForStatus({ is: { inFlight: 0 } })
  try {
    await system.app.restart()
  } catch (error) {
    bench.totals.unopenable += 1
    throw error
  }
  await checkRound({ bench, round, killedAtMs })
  await system.app.untilReady()
  const cut = ledger.entries.filter((entry) => entry.round === round && isCut(entry))
  if (cut.length === 0) return
  await comeBack({ system, entry: random.pick(cut), counts: bench.totals.counts })
}

/** The last question of its thread, taken or not, without an end. */
function isCut(entry: LedgerEntry): boolean {
  return entry.ended === undefined
}

/** At the end once more: no later kill took what an earlier one had left. */
function checkAll({ system, ledger, totals }: Bench): void {
  const { counts } = totals
  const { dataDir } = system.app
  const messages = readMessages({ dataDir })
  const ids = new Map(messages.map((message) => [message.id, message]))
  for (const { request, isAcknowledged, ended } of ledger.entries) {
    const question = ids.get(request.message.id)
    if (isAcknowledged && question?.text !== request.message.text) counts.lost += 1
    const reply = messages.find(({ runId }) => runId === request.runId)
    if (ended !== undefined && reply?.status !== ended.status) counts.lost += 1
  }
  const texts = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
  counts.doubled += texts.length - new Set(texts).size
  const integrity = checkIntegrity(dataDir)
  if (integrity !== 'ok') counts.problems.push(`the database is broken: ${integrity}`)
}

function toPoint(options: { round: number; random: Random }): string {
  const { round, random } = options
  return round % 2 === 0 ? random.pick(KILL_POINTS) : 'random'
}

/** One server on one DATA_DIR, killed so many times. */
async function playLane(options: {
  totals: Totals
  kills: number
  seed: number
  onRound: (done: number) => void
}): Promise<void> {
  const { totals, kills, seed, onRound } = options
  const folder = await mkdtemp(join(tmpdir(), 'first-token-kill-'))
  const armFile = join(folder, 'kill-at')
  await writeFile(armFile, '')
  const env = { NODE_OPTIONS: `--require ${PRELOAD}`, KILL_AT_FILE: armFile }
  const system = await startSystem({ env })
  const random = createRandom(seed)
  const bench: Bench = { system, random, ledger: createLedger(), armFile, totals }
  try {
    for (let round = 0; round < kills; round += 1) {
      await playRound({ bench, round, point: toPoint({ round, random }) })
      totals.rounds += 1
      onRound(totals.rounds)
    }
    checkAll(bench)
    totals.questions += bench.ledger.entries.length
    totals.counts.problems.push(...(await system.findViolations()))
  } finally {
    await system.dispose()
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Kills the server under load again and again, and holds it to its acknowledgements. The kills are
 * shared among so many servers side by side, each on a DATA_DIR of its own: most of a round is waiting.
 */
export async function runKillHarness(options: {
  kills: number
  seed?: number
  servers?: number
  onRound?: (done: number) => void
}): Promise<KillReport> {
  const { kills, seed = 1, servers = 1, onRound = () => {} } = options
  const counts: KillCounts = {
    ...{ acknowledged: 0, lost: 0, doubled: 0, interrupted: 0, lostTextMs: [], retries: 0 },
    problems: [],
  }
  const totals: Totals = { counts, points: {}, unopenable: 0, questions: 0, rounds: 0 }
  const lanes = Array.from({ length: servers }, (_, index) => {
    const share = Math.floor(kills / servers) + (index < kills % servers ? 1 : 0)
    return playLane({ totals, kills: share, seed: seed + index, onRound })
  })
  await Promise.all(lanes)
  const { points, unopenable, questions, rounds } = totals
  return {
    ...{ ...counts, kills: rounds, points, unopenable, questions },
    lostTextMs: summarize(counts.lostTextMs),
  }
}
