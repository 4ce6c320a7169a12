import { describe, expect, it } from 'vitest'
import { createFrameBatcher } from './create-frame-batcher'

function setUp() {
  const frames = new Map<number, () => void>()
  let flushes = 0
  const batcher = createFrameBatcher({
    flush: () => {
      flushes += 1
    },
    requestFrame: (run) => {
      frames.set(frames.size + 1, run)
      return frames.size
    },
    cancelFrame: (id) => void frames.delete(id),
  })
  const paint = () => {
    for (const [id, run] of frames) {
      frames.delete(id)
      run()
    }
  }
  return { batcher, paint, flushes: () => flushes }
}

describe('createFrameBatcher', () => {
  it('flushes once a frame', () => {
    const { batcher, paint, flushes } = setUp()
    batcher.schedule()
    batcher.schedule()
    expect(flushes()).toBe(0)
    paint()
    paint()
    expect(flushes()).toBe(1)
    batcher.schedule()
    paint()
    expect(flushes()).toBe(2)
  })

  it('flushes at once when told to, and not again with the frame', () => {
    const { batcher, paint, flushes } = setUp()
    batcher.flushNow()
    expect(flushes()).toBe(0)
    batcher.schedule()
    batcher.flushNow()
    paint()
    expect(flushes()).toBe(1)
  })

  it('flushes in a hidden page, which has no frames', async () => {
    const flushed = Promise.withResolvers<void>()
    createFrameBatcher({
      flush: flushed.resolve,
      requestFrame: () => 0,
      cancelFrame: () => {},
    }).schedule()
    await flushed.promise
  })

  it('flushes nothing after a cancel', () => {
    const { batcher, paint, flushes } = setUp()
    batcher.schedule()
    batcher.cancel()
    paint()
    batcher.flushNow()
    expect(flushes()).toBe(0)
  })
})
