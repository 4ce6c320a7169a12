import type { CompletionEvent } from '../completion'

type Finish = Extract<CompletionEvent, { type: 'finish' }>

export type Collected = {
  events: CompletionEvent[]
  text: string
  reasoning: string
  arrivalsMs: number[]
  finish?: Finish
  error?: unknown
}

/** Reads a stream to its end, and keeps the error it ends with. */
export async function collectEvents(stream: AsyncIterable<CompletionEvent>): Promise<Collected> {
  const collected: Collected = { events: [], text: '', reasoning: '', arrivalsMs: [] }
  try {
    for await (const event of stream) {
      collected.events.push(event)
      if (event.type === 'finish') collected.finish = event
      if (event.type === 'sent' || event.type === 'finish') continue
      collected.arrivalsMs.push(...event.arrivalsMs)
      if (event.type === 'text-delta') collected.text += event.delta
      else collected.reasoning += event.delta
    }
  } catch (error) {
    collected.error = error
  }
  return collected
}

/** How a stream ended, in one word. */
export function endOf({ error, finish }: Collected): string {
  if (error === undefined) return finish?.finishReason ?? 'no end'
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
