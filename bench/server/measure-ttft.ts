import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../../lib/timing/percentile.ts'
import type { Client, Target } from '../stream-client.ts'

export type Ttft = { p50Ms: number; p95Ms: number }

/**
 * One user, who reads an answer before the next question: what the server still writes down of the
 * one before is not in the way. From the request sent to the first text of the answer.
 */
export async function measureTtft(options: {
  client: Client
  target: Target
  questions: number
  pauseMs: number
}): Promise<Ttft> {
  const values: number[] = []
  for (let index = 0; index < options.questions; index += 1) {
    const stream = options.client.open({ ...options, question: `Question ${index}` })
    await stream.ended
    await sleep(options.pauseMs)
    const firstAtMs = stream.reader.firstTokenAtMs()
    if (firstAtMs === undefined) throw new Error(`${options.target.name}: an answer without text`)
    values.push(firstAtMs - stream.sentAtMs)
  }
  return {
    p50Ms: percentile(values, 0.5) ?? Number.NaN,
    p95Ms: percentile(values, 0.95) ?? Number.NaN,
  }
}
