import { randomUUID } from 'node:crypto'
import { startChaosProxy } from '../chaos/start-chaos-proxy.ts'
import type { ToxicSet } from '../chaos/toxics.ts'
import { type ChatClient, createChatClient, type StreamResult, toRequest } from './chat-client.ts'
import { createRandom, type Random } from './create-random.ts'
import { randomText } from './random-text.ts'
import { createRunCopy, type RunCopy } from './run-copy.ts'
import { type System, startSystem } from './start-system.ts'

export type ReloadReport = {
  reloads: number
  streams: number
  characters: number
  /** How many reloads came while text was still being written. */
  whileWriting: number
  problems: string[]
}

export type ReloadOptions = { reloads: number; seed?: number; atOnce?: number }

type Bench = { system: System; random: Random; client: ChatClient; report: ReloadReport }

const MOST_BYTES = 9000

/** Slices within characters and a latency that differs from piece to piece. */
const ROUGH_LINE: ToxicSet = {
  downstream: { slice: { bytes: 97 }, latency: { ms: 8, jitterMs: 6 } },
  upstream: { latency: { ms: 4, jitterMs: 3 } },
}

/** Drops the connection at a random byte and joins again at the last whole event, to the end of the stream. */
async function followWithReloads(options: {
  bench: Bench
  runId: string
  copy: RunCopy
  first: StreamResult
}): Promise<void> {
  const { bench, runId, copy } = options
  const { random, client, report, system } = bench
  let last = options.first
  while (last.end !== 'done') {
    if (last.end === 'refused') {
      report.problems.push(`run ${runId}: joining was refused with ${last.status}`)
      return
    }
    report.reloads += 1
    if (system.generation(runId)?.endedAtMs === undefined) report.whileWriting += 1
    const isLast = random.chance(0.12)
    last = await client.follow({
      runId,
      after: copy.position,
      byHeader: random.chance(0.5),
      copy,
      ...(isLast ? {} : { cutAfterBytes: random.between(1, MOST_BYTES) }),
    })
  }
}

async function playStream(bench: Bench): Promise<void> {
  const { system, random, client, report } = bench
  const threadId = randomUUID()
  system.stub.control.patch({
    match: { sessionId: threadId },
    text: randomText({ random, words: random.between(40, 200) }),
    reasoningText: random.chance(0.3) ? randomText({ random, words: random.between(5, 60) }) : '',
    tokenDelayMs: random.between(1, 8),
    ttftMs: random.between(0, 120),
    splitBytes: random.pick([0, 0, 1, 7]),
    crlf: random.chance(0.2),
  })
  const request = toRequest({ threadId })
  const { runId } = request
  const copy = createRunCopy()
  const other = createRunCopy()
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const watch = opened.then(() => client.follow({ runId, after: 0, copy: other }))
  const cutAfterBytes = random.between(1, MOST_BYTES)
  const first = await client.ask(request, { copy, cutAfterBytes, onOpen: open })
  await followWithReloads({ bench, runId, copy, first })
  await watch
  report.streams += 1
  report.characters += copy.position
  await compare({ bench, runId, threadId, copy, other })
}

async function compare(options: {
  bench: Bench
  runId: string
  threadId: string
  copy: RunCopy
  other: RunCopy
}): Promise<void> {
  const { bench, runId, threadId, copy, other } = options
  const { report, system, client } = bench
  const sent = system.generation(runId)?.textSent
  const { messages } = (await client.thread(threadId)).body
  const stored = messages.at(-1)
  const fail = (problem: string) => report.problems.push(`run ${runId}: ${problem}`)
  // The engine's record counts reasoning as text, in the order in which it was sent.
  if (copy.reasoning + copy.text !== sent) fail('the reloaded text is not what the engine sent')
  if (other.reasoning + other.text !== sent)
    fail("the second tab's text is not what the engine sent")
  if (stored?.text !== copy.text) fail('the stored text is another one')
  if (copy.finish?.status !== 'complete') fail(`it ended as ${copy.finish?.status}`)
  for (const problem of [...copy.problems, ...other.problems]) fail(problem)
}

/** Streams with random text, each followed by one that reloads and one that does not, until there were enough reloads. */
async function playStreams(bench: Bench, options: { reloads: number; atOnce: number }) {
  const { report } = bench
  const play = async () => {
    while (report.reloads < options.reloads) await playStream(bench)
  }
  await Promise.all(Array.from({ length: options.atOnce }, play))
}

/**
 * Reloads at random bytes of random streams, by `?after=` and by `Last-Event-ID`; the second half of
 * them over a line that slices and delays, on both sides of the server.
 */
export async function runReloadHarness(options: ReloadOptions): Promise<ReloadReport> {
  const { reloads, seed = 1, atOnce = 4 } = options
  const report = { reloads: 0, streams: 0, characters: 0, whileWriting: 0, problems: [] }
  const system = await startSystem({ toxics: {} })
  const line = await startChaosProxy({ target: { port: Number(new URL(system.app.url).port) } })
  try {
    const bench = { system, random: createRandom(seed), client: system.client, report }
    await playStreams(bench, { reloads: Math.floor(reloads / 2), atOnce })
    line.setToxics(ROUGH_LINE)
    system.proxy?.setToxics(ROUGH_LINE)
    const rough = { ...bench, client: createChatClient(line.url) }
    await playStreams(rough, { reloads, atOnce })
    const violations = await system.findViolations()
    return { ...report, problems: [...report.problems, ...violations] }
  } finally {
    await line.close()
    await system.dispose()
  }
}
