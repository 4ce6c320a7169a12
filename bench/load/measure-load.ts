import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../../lib/timing/percentile.ts'
import type { Setting } from '../setting.ts'
import type { OpenStream, Target } from '../stream-client.ts'
import { type Check, checkStreams } from './check-streams.ts'

export type Load = {
  /** From the writing of a token by the engine to its arrival here, over all tokens. */
  p50Ms: number
  p99Ms: number
  maxMs: number
  tokensPerSecond: number
  /** Of the app's server at the end. */
  rssBytes: number
  cpuMicrosecondsPerToken: number
  check: Check
  /** Replies in the store that are not what the engine sent, of those looked at. */
  wrongInStore: number
}

const STORED_LOOKS = 20

/** So many streams at once, opened one after the other within `openingMs`. */
export async function measureLoad(options: {
  setting: Setting
  target: Target
  streams: number
  openingMs: number
}): Promise<Load> {
  const { setting, target } = options
  const isApp = target.name === 'app'
  const before = await setting.readUsage()
  const streams: OpenStream[] = []
  for (let index = 0; index < options.streams; index += 1) {
    streams.push(setting.client.open({ target, question: `Question ${index}` }))
    await sleep(options.openingMs / options.streams)
  }
  await Promise.allSettled(streams.map(({ ended }) => ended))
  const after = await setting.readUsage()
  const requests = await setting.stub.requests()
  const sent = new Map(requests.map(({ requestId, textSent }) => [requestId, textSent]))
  const delaysMs = streams.flatMap(({ reader }) => reader.delaysMs())
  const begunAtMs = Math.min(...streams.map(({ sentAtMs }) => sentAtMs))
  const endedAtMs = Math.max(...streams.map(({ reader }) => reader.lastTokenAtMs() ?? 0))
  return {
    p50Ms: percentile(delaysMs, 0.5) ?? Number.NaN,
    p99Ms: percentile(delaysMs, 0.99) ?? Number.NaN,
    maxMs: percentile(delaysMs, 1) ?? Number.NaN,
    tokensPerSecond: delaysMs.length / ((endedAtMs - begunAtMs) / 1000),
    rssBytes: after.rssBytes,
    cpuMicrosecondsPerToken: (after.cpuMicroseconds - before.cpuMicroseconds) / delaysMs.length,
    check: checkStreams({ streams, requests, isApp }),
    wrongInStore: isApp ? await countWrongInStore({ setting, streams, sent }) : 0,
  }
}

async function countWrongInStore(options: {
  setting: Setting
  streams: readonly OpenStream[]
  sent: ReadonlyMap<string | undefined, string>
}): Promise<number> {
  let wrong = 0
  for (const { threadId, runId } of options.streams.slice(0, STORED_LOOKS)) {
    const response = await fetch(`${options.setting.app.url}/api/threads/${threadId}`)
    const { messages }: { messages?: { runId?: string; text: string; status?: string }[] } =
      await response.json()
    const reply = messages?.find((message) => message.runId === runId)
    if (reply?.status !== 'complete' || reply.text !== options.sent.get(runId)) wrong += 1
  }
  return wrong
}
