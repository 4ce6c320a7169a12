import { StringDecoder } from 'node:string_decoder'

export type PublicError = {
  code: string
  requestId?: string
  details?: Record<string, string | number>
}

export type Finish = { status: string; finishReason?: string; error?: PublicError }

type Chunk = { type: string; delta?: string; messageMetadata?: Record<string, unknown> }

/** What a page holds of one answer, however many connections it took to get it. */
export type RunCopy = {
  text: string
  reasoning: string
  /** UTF-16 units of both: where to go on. */
  position: number
  messageId: string | undefined
  finish: Finish | undefined
  isDone: boolean
  /** Types of the chunks in order, repeated ones once. */
  types: string[]
  /** What the numbering of the events contradicts: a gap or a repeat. */
  problems: string[]
}

export function createRunCopy(): RunCopy {
  return {
    text: '',
    reasoning: '',
    position: 0,
    messageId: undefined,
    finish: undefined,
    isDone: false,
    types: [],
    problems: [],
  }
}

function applyChunk(options: { copy: RunCopy; chunk: Chunk; id: number }): void {
  const { copy, chunk, id } = options
  const { type, delta = '' } = chunk
  if (copy.types.at(-1) !== type) copy.types.push(type)
  if (type === 'text-delta') copy.text += delta
  if (type === 'reasoning-delta') copy.reasoning += delta
  if (type === 'start') copy.messageId = (chunk as { messageId?: string }).messageId
  if (type === 'finish') copy.finish = chunk.messageMetadata as Finish
  const expected = copy.position + (type.endsWith('-delta') ? delta.length : 0)
  if (id !== expected) copy.problems.push(`${type} numbered ${id} and not ${expected}`)
  copy.position = expected
}

function applyEvent(options: { copy: RunCopy; event: string }): void {
  const { copy, event } = options
  // Not by a pattern with `.` and `$`: to those U+2028 ends a line, to the stream it does not.
  const field = (name: string) =>
    event
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const id = field('id')
  const data = field('data')
  if (data === undefined) return
  if (data === '[DONE]') copy.isDone = true
  else applyChunk({ copy, chunk: JSON.parse(data), id: Number(id) })
}

/** Takes the bytes of one connection; only whole events count, as in a browser. */
export function createEventReader(copy: RunCopy): (bytes: Buffer) => void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return (bytes) => {
    const events = (rest + decoder.write(bytes)).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) applyEvent({ copy, event })
  }
}
