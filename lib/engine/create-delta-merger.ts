import type { ParsedChunk } from './parse-chunk'

type DeltaField = 'content' | 'reasoning_content'
type Facts = Omit<ParsedChunk, 'text' | 'reasoning' | 'toolCharacters'>

export type DeltaMerger = {
  add(chunk: ParsedChunk, atMs: number): void
  /** Puts what is held behind what is ready. */
  flush(): void
  /** The chunks that are ready, as server-sent events; empty when there are none. */
  take(): string
  /** When the oldest piece that is held came in. */
  heldSinceMs(): number | undefined
  /** Flushes, and puts all that was said beside the deltas behind them, as one last chunk. */
  end(): void
}

/**
 * Joins deltas of one kind that follow each other, so that what stands above handles one chunk in
 * place of many, and every chunk is of the one shape that it reads without fail.
 * `onDelta` is told, in the order of the chunks, when each piece of a delta came from the socket.
 */
export function createDeltaMerger(options: {
  onDelta: (arrivalsMs: readonly number[]) => void
}): DeltaMerger {
  let held: { field: DeltaField; text: string; arrivalsMs: number[] } | undefined
  let facts: Facts = {}
  let ready = ''

  function emit(chunk: object) {
    ready += `data: ${JSON.stringify(chunk)}\n\n`
  }
  function flush() {
    if (held === undefined) return
    emit({ choices: [{ delta: { [held.field]: held.text } }] })
    options.onDelta(held.arrivalsMs)
    held = undefined
  }
  function addDelta(field: DeltaField, text: string, atMs: number) {
    if (text === '') return
    if (held?.field !== field) flush()
    held ??= { field, text: '', arrivalsMs: [] }
    held.text += text
    held.arrivalsMs.push(atMs)
  }
  return {
    add({ text, reasoning, toolCharacters, ...said }, atMs) {
      addDelta('reasoning_content', reasoning, atMs)
      addDelta('content', text, atMs)
      facts = { ...facts, ...said }
    },
    flush,
    take() {
      const taken = ready
      ready = ''
      return taken
    },
    heldSinceMs: () => held?.arrivalsMs[0],
    end() {
      flush()
      emit(toLastChunk(facts))
    },
  }
}

function toLastChunk({ finishReason, usage, metrics, id, model, systemFingerprint }: Facts) {
  return {
    id,
    model,
    system_fingerprint: systemFingerprint,
    choices: finishReason === undefined ? [] : [{ delta: {}, finish_reason: finishReason }],
    usage,
    metrics,
  }
}
