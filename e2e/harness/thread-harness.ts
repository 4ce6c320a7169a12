import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { controlPostgres } from './control-postgres.ts'
import { createRandom, type Random } from './create-random.ts'
import { type System, startSystem } from './start-system.ts'
import { type Act, chooseAct, type KnownThread, perform, readReplyId } from './thread-acts.ts'
import { checkActs, readAll, type ThreadCounts } from './thread-check.ts'

export type ThreadReport = ThreadCounts & {
  store: 'SQLite' | 'Postgres'
  kills: number
  /** Ends and starts of Postgres under the running server. */
  restarts: number
  /** Times that the disk had no room. */
  fullDisks: number
  acts: Record<string, number>
  lostAcks: number
  replays: number
  unopenable: number
}

type Bench = {
  system: System
  random: Random
  acts: Act[]
  report: ThreadReport
  /** A folder of its own that can be filled up; undefined: none could be made. */
  disk: string | undefined
}

const PEOPLE = 4

/** One person with a thread of their own, and another one when it is gone. */
async function live(options: { bench: Bench; round: number; signal: AbortSignal }): Promise<void> {
  const { bench, round, signal } = options
  const { system, random, acts, report } = bench
  let thread: KnownThread = { id: randomUUID(), branch: [], isGone: false }
  while (!signal.aborted) {
    if (thread.isGone) thread = { id: randomUUID(), branch: [], isGone: false }
    const act = chooseAct({ thread, random, round })
    acts.push(act)
    report.acts[act.kind] = (report.acts[act.kind] ?? 0) + 1
    // Some hang up before they hear.
    const hangUp = new AbortController()
    const isLost = random.chance(0.1)
    const timer = isLost ? setTimeout(() => hangUp.abort(), random.between(0, 15)) : undefined
    const done = await perform({
      url: system.app.url,
      act,
      signal: AbortSignal.any([signal, hangUp.signal]),
    })
    clearTimeout(timer)
    if (done === undefined || !act.isAcknowledged) {
      if (isLost) report.lostAcks += 1
      // What is there is not known now: it is looked at after the round.
      thread = { id: randomUUID(), branch: [], isGone: false }
      if (done !== undefined && done.status < 500 && done.status !== 429) {
        report.problems.push(`round ${round}: ${act.kind} was answered with ${done.status}`)
      }
      await sleep(10)
    } else learn({ thread, act, text: done.text })
  }
}

function learn(options: { thread: KnownThread; act: Act; text: string }): void {
  const { thread, act, text } = options
  if (act.kind === 'delete') thread.isGone = true
  if (act.kind === 'edit') thread.branch[thread.branch.length - 1] = act.messageId
  if (act.kind !== 'ask') return
  const replyId = readReplyId(text)
  if (replyId === undefined) {
    thread.isGone = true
    return
  }
  const { parentId } = JSON.parse(act.body ?? '{}') as { parentId: string | null }
  const at = parentId === null ? 0 : thread.branch.indexOf(parentId) + 1
  thread.branch.splice(at, thread.branch.length, act.messageId, replyId)
}

/** What nobody heard the end of is done once more, with the same ids: it is done once in all. */
async function replay({ bench, round }: { bench: Bench; round: number }): Promise<void> {
  const { system, acts, report } = bench
  for (const act of acts) {
    const isOpen = act.round === round && !act.isAcknowledged
    if (!isOpen || act.kind === 'import' || act.kind === 'rename' || act.kind === 'delete') continue
    const { signal } = new AbortController()
    const done = await perform({ url: system.app.url, act, signal })
    report.replays += 1
    // What it hangs on may not have been there.
    if (done === undefined || (done.status !== 404 && done.status >= 400)) {
      report.problems.push(`round ${round}: ${act.kind} again: ${done?.status} ${done?.text}`)
    }
  }
}

async function check(bench: Bench): Promise<void> {
  const { system, acts, report } = bench
  const { url } = system.app
  const all = await readAll(url)
  const counts: ThreadCounts = { acknowledged: 0, lost: 0, doubled: 0, problems: [] }
  checkActs({ acts, all, counts })
  report.acknowledged = counts.acknowledged
  report.lost += counts.lost
  report.doubled += counts.doubled
  report.problems.push(...counts.problems)
  const newest = [...all.keys()].slice(-20)
  for (const id of newest) {
    const { status } = await system.client.get(`/api/threads/${id}?limit=50`)
    if (status !== 200) report.unopenable += 1
  }
}

async function killServer({ system, report, random }: Bench): Promise<() => Promise<void>> {
  await sleep(random.between(100, 1500))
  await system.app.stop('SIGKILL')
  report.kills += 1
  return async () => {
    try {
      await system.app.restart()
    } catch (error) {
      report.unopenable += 1
      throw error
    }
    await system.app.untilReady()
  }
}

/** Postgres goes and comes back while the server runs. */
async function restartPostgres({ random, report }: Bench): Promise<() => Promise<void>> {
  await sleep(random.between(100, 1000))
  await controlPostgres('restart')
  report.restarts += 1
  return () => sleep(500)
}

/** The disk fills up while the server runs, and is emptied again. */
async function fillDisk({ random, report, disk = '' }: Bench): Promise<() => Promise<void>> {
  const ballast = join(disk, 'ballast')
  await sleep(random.between(50, 500))
  try {
    writeFileSync(ballast, Buffer.alloc(512 * 1024 * 1024))
  } catch {
    // No room is left: that is what it is for.
  }
  await sleep(random.between(300, 1000))
  report.fullDisks += 1
  return async () => {
    rmSync(ballast, { force: true })
    await sleep(1500)
  }
}

async function playRound(options: { bench: Bench; round: number }): Promise<void> {
  const { bench, round } = options
  const over = new AbortController()
  const people = Array.from({ length: PEOPLE }, () => live({ bench, round, signal: over.signal }))
  const isOther = round % 5 === 4
  const disturb =
    isOther && bench.report.store === 'Postgres'
      ? restartPostgres
      : isOther && bench.disk !== undefined
        ? fillDisk
        : killServer
  const mend = await disturb(bench)
  over.abort()
  await Promise.all(people)
  await mend()
  await bench.system.stub.control.waitForStatus({ is: { inFlight: 0 } })
  await check(bench)
  await replay({ bench, round })
}

/** A file system in memory of 256 MiB, where that may be made. */
function mountDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'first-token-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
}

function createReport(store: ThreadReport['store']): ThreadReport {
  return {
    ...{ store, kills: 0, restarts: 0, fullDisks: 0, acts: {}, lostAcks: 0, replays: 0 },
    ...{ unopenable: 0, acknowledged: 0, lost: 0, doubled: 0, problems: [] },
  }
}

/**
 * People ask, edit, fork, rename, delete and import, some hang up early, and the server is killed under
 * them; every fifth round Postgres is restarted instead, or the disk is full. What was acknowledged is there.
 */
export async function runThreadHarness(options: {
  kills: number
  seed?: number
  onRound?: (kills: number) => void
}): Promise<ThreadReport> {
  const { kills, seed = 1, onRound } = options
  const isOnPostgres = (process.env.TEST_POSTGRES_URL ?? '') !== ''
  const disk = isOnPostgres ? undefined : mountDisk()
  const env = disk === undefined ? {} : { DATABASE_URL: join(disk, 'chat.sqlite') }
  const scenario = { ttftMs: 2, tokenDelayMs: 1, tokenCount: 6 }
  const system = await startSystem({ env, scenario })
  const report = createReport(isOnPostgres ? 'Postgres' : 'SQLite')
  const bench: Bench = { system, random: createRandom(seed), acts: [], report, disk }
  try {
    for (let round = 0; report.kills < kills; round += 1) {
      await playRound({ bench, round })
      onRound?.(report.kills)
    }
    await check(bench)
    return report
  } finally {
    await system.dispose()
    if (disk !== undefined) {
      execFileSync('umount', [disk])
      rmSync(disk, { recursive: true })
    }
  }
}
