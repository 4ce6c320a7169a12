import { randomUUID } from 'node:crypto'
import { type StreamResult, toRequest } from './chat-client.ts'
import { createHeapProbe, type HeapProbe } from './create-heap-probe.ts'
import { createRandom } from './create-random.ts'
import { readRssBytes } from './inspect-server.ts'
import { randomText } from './random-text.ts'
import { createRunCopy, type RunCopy } from './run-copy.ts'
import { type System, startSystem } from './start-system.ts'

export type SlowReadersReport = {
  slowReaders: number
  /** Characters of the answer that they do not read. */
  unreadCharacters: number
  others: number
  /** Of the server by the answer, after a collection, against the growth by the same answer without them. */
  rssGrowthMib: number
  /** The same before the collection: garbage of the many copies that were written, included. */
  peakGrowthMib: number
  /** How many of the slow ones the server let go, to join again. */
  letGo: number
  problems: string[]
}

type Bench = { system: System; probe: HeapProbe; problems: string[] }

const MIB = 1024 * 1024
/** More than a reader may fall behind, and more bytes than the system's socket buffers hold (4 + 6 MiB). */
const LONG_TOKENS = 3000
const LONG_TOKEN = `${'\u4f60'.repeat(1199)} `

/** The rest of an answer, joined as often as the server lets go. */
async function readRest(options: {
  system: System
  runId: string
  copy: RunCopy
  first: StreamResult
}): Promise<number> {
  const { system, runId, copy } = options
  let joins = 0
  for (let last = options.first; last.end !== 'done' && joins < 100; joins += 1) {
    last = await system.client.follow({ runId, after: copy.position, copy })
    if (last.end === 'refused') return joins
  }
  return joins
}

function compare(options: { bench: Bench; runId: string; copy: RunCopy; who: string }): void {
  const { bench, runId, copy, who } = options
  const sent = bench.system.generation(runId)?.textSent
  if (copy.text !== sent) bench.problems.push(`${who}: the text is not what the engine sent`)
  if (copy.finish?.status !== 'complete') {
    bench.problems.push(`${who}: ended as ${copy.finish?.status}`)
  }
  for (const problem of copy.problems) bench.problems.push(`${who}: ${problem}`)
}

async function startLongAnswer(
  system: System,
): Promise<{ runId: string; asked: Promise<unknown> }> {
  const threadId = randomUUID()
  system.stub.control.patch({
    match: { sessionId: threadId },
    tokens: Array.from({ length: LONG_TOKENS }, () => LONG_TOKEN),
    tokenDelayMs: 2,
  })
  const request = toRequest({ threadId })
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  // It is read by nobody: the one who asked leaves at once.
  const asked = system.client.ask(request, { cutAfterBytes: 1, onOpen: open })
  await opened
  return { runId: request.runId, asked }
}

/** Ordinary chats beside the slow readers, one after the other in each of so many places. */
async function chatBeside(options: { bench: Bench; places: number; isOver: () => boolean }) {
  const { bench, places, isOver } = options
  const random = createRandom(7)
  let played = 0
  const play = async () => {
    while (!isOver()) {
      const request = toRequest()
      bench.system.stub.control.patch({
        match: { sessionId: request.threadId },
        text: randomText({ random, words: 60 }),
        tokenDelayMs: 3,
      })
      const copy = createRunCopy()
      await bench.system.client.ask(request, { copy })
      compare({ bench, runId: request.runId, copy, who: 'one beside them' })
      played += 1
    }
  }
  await Promise.all(Array.from({ length: places }, play))
  return played
}

/** A long answer with so many readers that do not read it, to its end, while others chat. */
async function playLongAnswer(bench: Bench, options: { slowReaders: number; places: number }) {
  const { system } = bench
  const { runId, asked } = await startLongAnswer(system)
  const { promise: mayRead, resolve: letRead } = Promise.withResolvers<void>()
  const readers = Array.from({ length: options.slowReaders }, () => {
    const copy = createRunCopy()
    return { copy, held: system.client.follow({ runId, after: 0, copy, holdUntil: mayRead }) }
  })
  const isEnded = () => system.generation(runId)?.endedAtMs !== undefined
  const others = await chatBeside({ bench, places: options.places, isOver: isEnded })
  const peakBytes = readRssBytes(system.pid())
  const { rssBytes } = await bench.probe.read(system.pid())
  letRead()
  let letGo = 0
  for (const { copy, held } of readers) {
    letGo += (await readRest({ system, runId, copy, first: await held })) > 0 ? 1 : 0
    compare({ bench, runId, copy, who: 'a slow reader' })
  }
  await asked
  const unreadCharacters = system.generation(runId)?.textSent.length ?? 0
  return { others, rssBytes, peakBytes, letGo, unreadCharacters }
}

/** Ended answers are remembered for a minute: each takes its room, whoever reads it. */
function toGrowthMib([first, second, third]: [number, number, number]): number {
  return Math.round((third - second - (second - first)) / MIB)
}

/**
 * Readers that open a stream and read nothing of it until the whole answer was written; others chat
 * meanwhile. What the same answer takes without them comes first, and is not their doing.
 */
export async function runSlowReadersHarness(options: {
  slowReaders: number
  places?: number
}): Promise<SlowReadersReport> {
  const { slowReaders, places = 6 } = options
  const probe = createHeapProbe()
  const system = await startSystem({ env: probe.env, scenario: { maxModelLen: 10_000_000 } })
  const bench: Bench = { system, probe, problems: [] }
  try {
    const first = await playLongAnswer(bench, { slowReaders: 0, places })
    const without = await playLongAnswer(bench, { slowReaders: 0, places })
    const { rssBytes, peakBytes, ...rest } = await playLongAnswer(bench, { slowReaders, places })
    const violations = await system.findViolations()
    return {
      slowReaders,
      ...rest,
      rssGrowthMib: toGrowthMib([first.rssBytes, without.rssBytes, rssBytes]),
      peakGrowthMib: toGrowthMib([first.peakBytes, without.peakBytes, peakBytes]),
      problems: [...bench.problems, ...violations],
    }
  } finally {
    await system.dispose()
    probe.dispose()
  }
}
