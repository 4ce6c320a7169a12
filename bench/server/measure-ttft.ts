import { percentile } from '../../lib/timing/percentile.ts'
import type { Client, Target } from '../stream-client.ts'

export type Ttft = { p50Ms: number; p95Ms: number }

/** One user, one question after the other: from the request sent to the first text of the answer. */
export async function measureTtft(options: {
  client: Client
  target: Target
  questions: number
}): Promise<Ttft> {
  const values: number[] = []
  for (let index = 0; index < options.questions; index += 1) {
    const stream = options.client.open({ ...options, question: `Question ${index}` })
    await stream.ended
    const firstAtMs = stream.reader.firstTokenAtMs()
    if (firstAtMs === undefined) throw new Error(`${options.target.name}: an answer without text`)
    values.push(firstAtMs - stream.sentAtMs)
  }
  return {
    p50Ms: percentile(values, 0.5) ?? Number.NaN,
    p95Ms: percentile(values, 0.95) ?? Number.NaN,
  }
}
