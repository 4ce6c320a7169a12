const UNITS_PER_MS = 100
const RADIX = 36

/** Offsets in ms as the steps between them in hundredths of a ms, base 36: two letters a token, mostly. */
export function encodeOffsets(offsetsMs: readonly number[]): string {
  let before = 0
  return offsetsMs
    .map((offsetMs) => {
      const units = Math.round(offsetMs * UNITS_PER_MS)
      const step = units - before
      before = units
      return step.toString(RADIX)
    })
    .join(' ')
}

export function decodeOffsets(text: string): number[] {
  if (text === '') return []
  let units = 0
  return text.split(' ').map((step) => {
    units += Number.parseInt(step, RADIX)
    return units / UNITS_PER_MS
  })
}
