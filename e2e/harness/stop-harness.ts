import { setTimeout as sleep } from 'node:timers/promises'
import { nowEpochMs } from '../stub/recorder.ts'
import { toRequest } from './chat-client.ts'
import { createRandom, type Random } from './create-random.ts'
import { type System, startSystem } from './start-system.ts'
import { type Summary, summarize } from './summarize.ts'

/** When a stop came, by what the engine had done for the run. */
export type StopMoment =
  | 'on its way'
  | 'queued'
  | 'before the first token'
  | 'in the middle'
  | 'at its end'

export type StopReport = {
  stops: number
  /** From the request for the stop to the closed socket at the engine, both by one clock. */
  toClosedMs: Summary
  /** From the request to its answer: the end is stored. */
  toAnswerMs: Summary
  moments: Record<StopMoment, number>
  /** Generations that still ran when all was over. */
  leaked: number
  problems: string[]
}

type Bench = {
  system: System
  random: Random
  toClosedMs: number[]
  toAnswerMs: number[]
  moments: Record<StopMoment, number>
  problems: string[]
}

const SLOTS = 2

function momentOf(system: System, runId: string): StopMoment {
  const record = system.generation(runId)
  if (record === undefined) return 'on its way'
  if (record.endedAtMs !== undefined) return 'at its end'
  if (record.scheduledAtMs === undefined) return 'queued'
  return record.tokensSent === 0 ? 'before the first token' : 'in the middle'
}

/** Asks, stops at a random moment, and sees what became of the socket, the stream and the stored reply. */
async function stopOne(bench: Bench): Promise<void> {
  const { system, random, problems } = bench
  const { client, stub } = system
  const request = toRequest()
  const { runId, threadId } = request
  stub.control.patch({
    match: { sessionId: threadId },
    ttftMs: random.between(0, 80),
    tokenDelayMs: random.between(1, 10),
    tokenCount: random.between(10, 200),
  })
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const asking = client.ask(request, { onOpen: open })
  await opened
  await sleep(random.chance(0.25) ? 0 : random.between(0, 250))
  bench.moments[momentOf(system, runId)] += 1
  const askedAtMs = nowEpochMs()
  const { status, body } = await client.stop(runId)
  bench.toAnswerMs.push(nowEpochMs() - askedAtMs)
  const { copy } = await asking
  const record = system.generation(runId)
  const fail = (problem: string) => problems.push(`run ${runId}: ${problem}`)
  if (status !== 200) fail(`the stop was answered with ${status}`)
  if (body.reply?.status !== copy.finish?.status) fail('stream and stop tell of two ends')
  if (body.reply?.text !== copy.text) fail('stream and stop tell of two texts')
  if (record !== undefined && !record.textSent.startsWith(copy.text)) fail('a garbled text')
  if (copy.finish?.status === 'complete') return
  if (copy.finish?.status !== 'stopped') fail(`it ended as ${copy.finish?.status}`)
  await noteClosed({ bench, runId, askedAtMs, fail })
}

async function noteClosed(options: {
  bench: Bench
  runId: string
  askedAtMs: number
  fail: (problem: string) => void
}): Promise<void> {
  const { bench, runId, askedAtMs, fail } = options
  const { control } = bench.system.stub
  const record = bench.system.generation(runId)
  // Stopped before it left the server: there is no socket to close.
  if (record === undefined) return
  while (record.socketClosedAtMs === undefined) {
    const waitedMs = nowEpochMs() - askedAtMs
    if (waitedMs > 5000) return fail('the socket is open 5 s after the stop')
    await control.waitForStatus({ is: {}, timeoutMs: 100 })
    await sleep(1)
  }
  if (record.closedBy !== 'client') return
  bench.toClosedMs.push(record.socketClosedAtMs - askedAtMs)
}

/** Stops at random moments of random answers, more of them at once than the engine has slots for. */
export async function runStopHarness(options: {
  stops: number
  seed?: number
  atOnce?: number
}): Promise<StopReport> {
  const { stops, seed = 1, atOnce = 4 } = options
  const system = await startSystem({ scenario: { maxNumSeqs: SLOTS } })
  const moments = {
    'on its way': 0,
    queued: 0,
    'before the first token': 0,
    'in the middle': 0,
    'at its end': 0,
  }
  const random = createRandom(seed)
  const bench: Bench = { system, random, toClosedMs: [], toAnswerMs: [], moments, problems: [] }
  try {
    let left = stops
    const play = async () => {
      for (; left > 0; ) {
        left -= 1
        await stopOne(bench)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, play))
    const violations = await system.findViolations()
    const { inFlight, running, waiting } = system.stub.control.status()
    return {
      stops,
      toClosedMs: summarize(bench.toClosedMs),
      toAnswerMs: summarize(bench.toAnswerMs),
      moments,
      leaked: inFlight + running + waiting,
      problems: [...bench.problems, ...violations],
    }
  } finally {
    await system.dispose()
  }
}
