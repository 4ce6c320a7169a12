import { setTimeout as sleep } from 'node:timers/promises'
import { nowMs } from '../monotonic.ts'
import type { Setting } from '../setting.ts'
import type { OpenStream } from '../stream-client.ts'
import { createStreamReader, type StreamReader } from '../stream-reader.ts'
import { type Load, measureLoad } from './measure-load.ts'

export type Stalled = {
  /** Of those who read, while the others do not. */
  readers: Load
  /** Runs of stalled readers that the engine could finish although nobody read. */
  finished: number
  /** Stalled readers that, reading again or joining again, got the whole text. */
  whole: number
  rssBytesBefore: number
  rssBytesAfter: number
}

const PIECES = 16
const PIECE_CHARACTERS = 4096
const TOKENS = 400
const TOKEN_DELAY_MS = 15
const DEADLINE_MS = 60_000

/** `stalled` readers open a long answer and read nothing of it, while others read theirs. */
export async function measureStalled(options: {
  setting: Setting
  stalled: number
  readers: number
  /** The scenario of those who read. */
  pace: { tokenCount: number; tokenDelayMs: number }
}): Promise<Stalled> {
  const { setting } = options
  const { stub, client, targets } = setting
  const rssBytesBefore = (await setting.readUsage()).rssBytes
  await stub.reset()
  await stub.patch({
    tokens: Array.from({ length: PIECES }, (_, index) =>
      String.fromCharCode(97 + index).repeat(PIECE_CHARACTERS),
    ),
    ...{ tokenCount: TOKENS, tokenDelayMs: TOKEN_DELAY_MS, stampTokens: false },
  })
  const open = Array.from({ length: options.stalled }, (_, index) =>
    client.open({ target: targets.app, question: `Stalled ${index}`, isPaused: true }),
  )
  const answers = await Promise.all(open.map(({ response }) => response))
  await stub.patch({ tokens: null, stampTokens: true, ...options.pace })
  const readers = await measureLoad({
    setting,
    target: targets.app,
    streams: options.readers,
    openingMs: 500,
  })
  await untilIdle(setting)
  const rssBytesAfter = (await setting.readUsage()).rssBytes
  const sent = new Map((await stub.requests()).map((request) => [request.requestId, request]))
  const texts = await Promise.all(
    open.map(async (stream, index) => {
      const answer = answers[index]
      if (answer === undefined) return ''
      answer.on('data', (bytes: Buffer) => stream.reader.push(bytes, nowMs()))
      answer.resume()
      await stream.ended.catch(() => undefined)
      return stream.reader.isDone() ? stream.reader.text() : await joinRest(setting, stream)
    }),
  )
  return {
    readers,
    finished: open.filter(({ runId }) => sent.get(runId)?.closedBy === 'stub').length,
    whole: open.filter(({ runId }, index) => texts[index] === sent.get(runId)?.textSent).length,
    rssBytesBefore,
    rssBytesAfter,
  }
}

async function untilIdle(setting: Setting): Promise<void> {
  const deadline = nowMs() + DEADLINE_MS
  while (nowMs() < deadline) {
    if ((await setting.readUsage()).activeRuns === 0) return
    await sleep(100)
  }
  throw new Error('Runs of stalled readers did not end.')
}

/** A reader that was let go joins again at its last character, as the page does. */
async function joinRest(setting: Setting, stream: OpenStream): Promise<string> {
  const after = stream.reader.position()
  const response = await fetch(`${setting.app.url}/api/runs/${stream.runId}?after=${after}`)
  const rest: StreamReader = createStreamReader('app')
  rest.push(Buffer.from(await response.arrayBuffer()), nowMs())
  return stream.reader.text() + rest.text()
}
