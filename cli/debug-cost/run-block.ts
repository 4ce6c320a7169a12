import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunRegistry } from '@/lib/chat/create-run-registry'
import type { Block, BlockSize } from './block'

/** Long enough for several blocks of the prefix cache: the guard has something to compare. */
const TEXT = Array.from({ length: 40 }, (_, n) => `word${n}`).join(' ')
const TURNS_A_THREAD = 5
const READING_MS = 400

type Turn = { ttftMs: number; turnMs: number; replyId: string }

async function ask(options: {
  runs: RunRegistry
  threadId: string
  parentId: string | null
}): Promise<Turn> {
  const { runs, threadId, parentId } = options
  const runId = randomUUID()
  const message = { id: randomUUID(), text: `${TEXT} ${randomUUID()}` }
  const acceptedMs = performance.now()
  await runs.start({ threadId, parentId, runId, message })
  const turn: Turn = { ttftMs: Number.NaN, turnMs: Number.NaN, replyId: '' }
  const { signal } = new AbortController()
  for await (const { chunk } of runs.follow({ runId, after: 0, signal })) {
    if (chunk.type === 'start') turn.replyId = chunk.messageId
    if (chunk.type === 'text-delta' && Number.isNaN(turn.ttftMs)) {
      turn.ttftMs = performance.now() - acceptedMs
    }
    if (chunk.type === 'finish' && chunk.messageMetadata.status !== 'complete') {
      throw new Error(`a turn ended as ${JSON.stringify(chunk.messageMetadata)}`)
    }
  }
  turn.turnMs = performance.now() - acceptedMs
  return turn
}

async function askInThreads(options: {
  runs: RunRegistry
  turns: number
  /** Between the end of a turn and the next one. */
  pause: () => Promise<void>
}): Promise<Turn[]> {
  const { runs, turns, pause } = options
  const done: Turn[] = []
  let threadId = randomUUID()
  let parentId: string | null = null
  for (let count = 0; count < turns; count += 1) {
    if (count % TURNS_A_THREAD === 0) {
      threadId = randomUUID()
      parentId = null
    }
    const turn = await ask({ runs, threadId, parentId })
    parentId = turn.replyId
    done.push(turn)
    await pause()
  }
  return done
}

/**
 * One user, who reads an answer before the next question; then several who ask on at once, so that what is
 * done after a turn competes with the turns of the others.
 */
export async function runBlock(options: {
  runs: RunRegistry
  size: BlockSize
  /** Resolves when what is done after the turns is done. */
  settled: () => Promise<void>
}): Promise<Block> {
  const { runs, size, settled } = options
  const before = process.cpuUsage()
  const read = async () => {
    await sleep(READING_MS)
    await settled()
  }
  const alone = await askInThreads({ runs, turns: size.turns, pause: read })
  const threads = Array.from({ length: size.busyThreads }, () =>
    askInThreads({ runs, turns: size.busyTurns, pause: async () => undefined }),
  )
  const busy = (await Promise.all(threads)).flat()
  await settled()
  const { user, system } = process.cpuUsage(before)
  return {
    ttftMs: alone.map(({ ttftMs }) => ttftMs),
    turnMs: alone.map(({ turnMs }) => turnMs),
    busyTtftMs: busy.map(({ ttftMs }) => ttftMs),
    cpuMsPerTurn: (user + system) / 1000 / (alone.length + busy.length),
  }
}
