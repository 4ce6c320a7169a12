import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createConcurrencyLimit } from './create-concurrency-limit'

function create(max: number) {
  let nowMs = 0
  const limit = createConcurrencyLimit({ max, isAdaptive: true, now: () => nowMs })
  const advance = () => {
    nowMs += 1
    return nowMs
  }
  return { limit, advance }
}

describe('createConcurrencyLimit', () => {
  it('is what was set, when it is not adaptive', () => {
    const limit = createConcurrencyLimit({ max: 7, isAdaptive: false, now: () => 0 })
    limit.overloaded(1)
    expect(limit.current()).toBe(7)
  })

  it('grows with each answer until the first overload, then by one a window', () => {
    const { limit, advance } = create(64)
    for (let count = 0; count < 15; count += 1) limit.succeeded()
    expect(limit.current()).toBe(16)
    limit.overloaded(advance())
    expect(limit.current()).toBe(8)
    for (let count = 0; count < 8; count += 1) limit.succeeded()
    expect(limit.current()).toBe(8)
    limit.succeeded()
    expect(limit.current()).toBe(9)
  })

  it('halves once for the requests of one window', () => {
    const { limit, advance } = create(64)
    for (let count = 0; count < 31; count += 1) limit.succeeded()
    const sentMs = advance()
    limit.overloaded(sentMs)
    limit.overloaded(sentMs)
    limit.overloaded(sentMs)
    expect(limit.current()).toBe(16)
    advance()
    limit.overloaded(advance())
    expect(limit.current()).toBe(8)
  })

  it('stays between 1 and what was set, whatever happens', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.boolean()), (max, events) => {
        const { limit, advance } = create(max)
        for (const isGood of events) {
          if (isGood) limit.succeeded()
          else limit.overloaded(advance())
          expect(limit.current()).toBeGreaterThanOrEqual(1)
          expect(limit.current()).toBeLessThanOrEqual(max)
        }
      }),
    )
  })
})
