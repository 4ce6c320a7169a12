/** Watches a growing text for the first of some stop strings; never lets part of one through. */
export type StopFinder = {
  /** `stop` when one was found: `text` then ends before it. */
  push(piece: string): { text: string; stop?: string }
  /** What was held back because it could have been the beginning of a stop string. */
  flush(): string
}

export function createStopFinder(stops: readonly string[]): StopFinder {
  let held = ''
  return {
    push(piece) {
      const text = held + piece
      const found = stops
        .map((stop) => ({ stop, at: text.indexOf(stop) }))
        .filter(({ at }) => at >= 0)
        .toSorted((one, other) => one.at - other.at)[0]
      if (found !== undefined) {
        held = ''
        return { text: text.slice(0, found.at), stop: found.stop }
      }
      const keep = Math.max(0, ...stops.map((stop) => beginningAtEnd({ text, stop })))
      held = text.slice(text.length - keep)
      return { text: text.slice(0, text.length - keep) }
    },
    flush() {
      const rest = held
      held = ''
      return rest
    },
  }
}

/** The longest end of the text that is a beginning of the stop string. */
function beginningAtEnd({ text, stop }: { text: string; stop: string }): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(stop.slice(0, length))) return length
  }
  return 0
}
