/** One direction of the traffic: `upstream` = from the client to the server. */
export type Direction = 'upstream' | 'downstream'

/** What is done to the bytes of one direction; what is not set is not done. */
export type Toxics = {
  /** Each piece arrives so much later, give or take the jitter. */
  latency?: { ms: number; jitterMs?: number }
  bandwidth?: { bytesPerSecond: number }
  /** The end of the stream arrives so much later than its last byte. */
  slowClose?: { ms: number }
  /** Nothing arrives any more, and nothing is closed. */
  hang?: true
  /** Pieces of so many bytes at most, a pause after each. */
  slice?: { bytes: number; delayMs?: number }
  /** So many bytes of a connection arrive, then it is closed. */
  limitData?: { bytes: number }
  /** The connection is reset, after so many bytes of it have arrived. */
  reset?: { afterBytes?: number }
}

export type ToxicSet = { [Key in Direction]?: Toxics }

const KNOWN = ['latency', 'bandwidth', 'slowClose', 'hang', 'slice', 'limitData', 'reset']

/** @throws {RangeError} for an unknown toxic or a figure that would stop the traffic for good */
export function checkToxics(toxics: ToxicSet): void {
  for (const [direction, one] of Object.entries(toxics)) {
    if (direction !== 'upstream' && direction !== 'downstream') {
      throw new RangeError(`unknown direction "${direction}", known: upstream, downstream`)
    }
    const unknown = Object.keys(one).find((name) => !KNOWN.includes(name))
    if (unknown !== undefined) {
      throw new RangeError(`unknown toxic "${unknown}", known: ${KNOWN.join(', ')}`)
    }
    if (one.bandwidth !== undefined && !(one.bandwidth.bytesPerSecond > 0)) {
      throw new RangeError('bandwidth: bytesPerSecond must be above 0, use hang for none')
    }
    if (one.slice !== undefined && !(one.slice.bytes >= 1)) {
      throw new RangeError('slice: bytes must be at least 1')
    }
  }
}
