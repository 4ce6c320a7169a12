import type { RawReply } from '../raw-request.ts'

type Delta = { role?: string; content?: string; reasoning?: string; reasoning_content?: string }
type Chunk = {
  choices: { delta: Delta; finish_reason: string | null }[]
  usage?: {
    prompt_tokens: number
    completion_tokens: number
    prompt_tokens_details?: { cached_tokens: number }
  }
  metrics?: Record<string, number>
}

export function chunks(reply: RawReply): Chunk[] {
  return reply.body
    .split(/\r?\n\r?\n/)
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)))
}

export function deltas(reply: RawReply): Delta[] {
  return chunks(reply).flatMap(({ choices }) => choices.map(({ delta }) => delta))
}

export function textOf(reply: RawReply): string {
  return deltas(reply)
    .map((delta) => delta.content ?? '')
    .join('')
}

export function usageOf(reply: RawReply) {
  return chunks(reply).at(-1)?.usage
}

export function metricsOf(reply: RawReply) {
  return chunks(reply).at(-1)?.metrics
}

export function finishOf(reply: RawReply): unknown {
  return chunks(reply)
    .flatMap(({ choices }) => choices)
    .map((choice) => choice.finish_reason)
    .find((reason) => reason !== null)
}

export function statusOf(reply: RawReply): number {
  return Number(reply.head.split(' ')[1])
}
