import { setTimeout as sleep } from 'node:timers/promises'
import { type ChatClient, toRequest } from './chat-client.ts'
import { createHeapProbe, type HeapProbe } from './create-heap-probe.ts'
import { createRandom, type Random } from './create-random.ts'
import { countHandles, findUnhandled, readRssBytes } from './inspect-server.ts'
import { type System, startSystem } from './start-system.ts'
import { median } from './summarize.ts'

export type SoakReport = {
  runs: number
  /** How they ended. */
  ends: Record<string, number>
  /** Medians over the first and the last fifth of the runs. */
  rssMib: { first: number; last: number }
  /** What the server still holds after its garbage was collected, before and after the runs. */
  heldMib: { before: number; after: number }
  handles: { first: number; last: number; atRest: number; beforeAll: number }
  unhandledRejections: number
  seconds: number
  problems: string[]
}

type Sample = { rssBytes: number; handles: number }

type Bench = {
  system: System
  client: ChatClient
  random: Random
  ends: Record<string, number>
  problems: string[]
}

const SAMPLE_EVERY = 10
const MIB = 1024 * 1024
/** Of the server, so that it collects often: where memory is plenty, its garbage would hide a leak for hours. */
const HEAP_MIB = 256
/** Ended runs are remembered for a minute. */
const FORGET_MS = 62_000

/** What a day brings: whole answers, stops, tabs that close, faults of the engine. */
const FATES = ['whole', 'whole', 'whole', 'stop', 'leave', 'cut', 'error', 'malformed'] as const

type Fate = (typeof FATES)[number]

function toFault(fate: Fate): object {
  if (fate === 'cut') return { cut: { afterTokens: 5, how: 'rst' } }
  // In words of its own: the engine's usual ones would say that it died, and shut the gate.
  if (fate === 'error') {
    return { error: { when: 'mid', afterTokens: 3, status: 500, message: 'out of luck' } }
  }
  return fate === 'malformed' ? { malformedLines: 30 } : {}
}

const EXPECTED: Record<Fate, string> = {
  whole: 'complete',
  stop: 'stopped',
  leave: 'complete',
  cut: 'interrupted',
  error: 'failed',
  malformed: 'failed',
}

async function playRun(bench: Bench): Promise<void> {
  const { system, client, random, ends, problems } = bench
  const fate = random.pick(FATES)
  const request = toRequest({ text: `a question of the ${fate} kind` })
  const { runId, threadId } = request
  const { control } = system.stub
  const tokenCount = fate === 'stop' ? 5000 : random.between(10, 40)
  control.patch({ match: { sessionId: threadId }, tokenDelayMs: 2, tokenCount, ...toFault(fate) })
  const cutAfterBytes = fate === 'leave' ? random.between(200, 1500) : Number.POSITIVE_INFINITY
  const asking = client.ask(request, { cutAfterBytes })
  if (fate === 'stop') {
    const flowing = control.waitForRequests({ min: 1, sessionId: threadId, state: 'first-byte' })
    await Promise.race([flowing.catch(() => undefined), asking])
    await client.stop(runId)
  }
  const { copy, end, status: answered, error } = await asking
  if (end === 'refused')
    problems.push(`run ${runId}: refused, ${answered} ${JSON.stringify(error)}`)
  if (end === 'cut') await client.follow({ runId, after: copy.position, copy })
  const status = copy.finish?.status ?? 'none'
  ends[status] = (ends[status] ?? 0) + 1
  if (status !== EXPECTED[fate]) problems.push(`run ${runId} (${fate}) ended as ${status}`)
  control.remove(threadId)
}

function sample(pid: number): Sample {
  return { rssBytes: readRssBytes(pid), handles: countHandles(pid) }
}

/** Plays so many runs, a few at once; a sample after every tenth. */
async function play(options: { bench: Bench; runs: number; atOnce: number }): Promise<Sample[]> {
  const { bench, runs, atOnce } = options
  const pid = bench.system.pid()
  const samples: Sample[] = []
  let begun = 0
  let done = 0
  const work = async () => {
    while (begun < runs) {
      begun += 1
      await playRun(bench)
      done += 1
      if (done % SAMPLE_EVERY === 0) samples.push(sample(pid))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return samples
}

function compareFifths(samples: readonly Sample[], read: (sample: Sample) => number) {
  const fifth = Math.max(1, Math.floor(samples.length / 5))
  return {
    first: median(samples.slice(0, fifth).map(read)),
    last: median(samples.slice(-fifth).map(read)),
  }
}

type Plan = { runs: number; warmUpRuns: number; atOnce: number; probe: HeapProbe; restMs: number }

async function soak(bench: Bench, plan: Plan): Promise<SoakReport> {
  const { system } = bench
  const { runs, warmUpRuns, atOnce, probe, restMs } = plan
  const pid = system.pid()
  const beforeAll = countHandles(pid)
  await play({ bench, runs: Math.ceil(warmUpRuns / 4), atOnce })
  await sleep(restMs)
  const before = await probe.read(pid)
  // That collection gave memory back; the heap has its usual size again after some of its own.
  await play({ bench, runs: warmUpRuns, atOnce })
  bench.ends = {}
  const startedMs = performance.now()
  const samples = await play({ bench, runs, atOnce })
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  const violations = await system.findViolations()
  await sleep(restMs)
  const after = await probe.read(pid)
  const rss = compareFifths(samples, ({ rssBytes }) => rssBytes)
  const handles = compareFifths(samples, (sample) => sample.handles)
  const toMib = (bytes: number) => Math.round((10 * bytes) / MIB) / 10
  return {
    runs,
    ends: bench.ends,
    rssMib: { first: toMib(rss.first), last: toMib(rss.last) },
    heldMib: { before: toMib(before.heldBytes), after: toMib(after.heldBytes) },
    handles: { ...handles, atRest: countHandles(pid), beforeAll },
    unhandledRejections: findUnhandled(system.app.output()).length,
    seconds,
    problems: [...bench.problems, ...violations],
  }
}

/**
 * Runs of every kind, a few at once, after others that only warm the process up: a quarter of them for
 * compiled code, the rest for the heap's usual size. `isPatient` waits before each collection until
 * ended runs are forgotten.
 */
export async function runSoakHarness(options: {
  runs: number
  warmUpRuns: number
  seed?: number
  atOnce?: number
  isPatient?: boolean
}): Promise<SoakReport> {
  const { runs, warmUpRuns, seed = 1, atOnce = 6, isPatient = false } = options
  const probe = createHeapProbe()
  const NODE_OPTIONS = `${probe.env.NODE_OPTIONS} --max-old-space-size=${HEAP_MIB}`
  const system = await startSystem({ env: { ...probe.env, NODE_OPTIONS, LOG_LEVEL: 'warn' } })
  const bench: Bench = {
    ...{ system, client: system.client, random: createRandom(seed), ends: {}, problems: [] },
  }
  // Connections to the engine are kept for a few seconds after their last use.
  const restMs = isPatient ? FORGET_MS : 6000
  try {
    return await soak(bench, { runs, warmUpRuns, atOnce, probe, restMs })
  } finally {
    await system.dispose()
    probe.dispose()
  }
}
