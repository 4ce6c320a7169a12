import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planTrim } from './plan-trim'

describe('planTrim', () => {
  it.each([
    [
      'nothing when all fits',
      [10, 20, 30],
      100,
      10,
      20,
      { droppedTurns: 0, promptTokens: 80, isEnough: true },
    ],
    [
      'the oldest turn first',
      [10, 20, 30],
      90,
      20,
      20,
      { droppedTurns: 1, promptTokens: 70, isEnough: true },
    ],
    [
      'as many as needed',
      [10, 20, 30],
      70,
      20,
      20,
      { droppedTurns: 2, promptTokens: 50, isEnough: true },
    ],
    [
      'never the newest turn',
      [10, 200],
      100,
      10,
      20,
      { droppedTurns: 1, promptTokens: 220, isEnough: false },
    ],
    ['nothing of no turns', [], 100, 10, 20, { droppedTurns: 0, promptTokens: 20, isEnough: true }],
  ])('drops %s', (_, turnTokens, maxModelLen, reserveTokens, fixedTokens, expected) => {
    expect(planTrim({ turnTokens, maxModelLen, reserveTokens, fixedTokens })).toEqual(expected)
  })

  it('drops no turn more than it must', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2000), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 20_000 }),
        (turnTokens, maxModelLen) => {
          const plan = planTrim({ turnTokens, maxModelLen, reserveTokens: 100, fixedTokens: 50 })
          const sum = (tokens: number[]) => tokens.reduce((total, count) => total + count, 50)
          const kept = sum(turnTokens.slice(plan.droppedTurns))
          expect(plan.promptTokens).toBe(kept)
          expect(plan.droppedTurns).toBeLessThan(turnTokens.length)
          expect(plan.isEnough).toBe(kept <= maxModelLen - 100)
          if (plan.droppedTurns > 0) {
            expect(sum(turnTokens.slice(plan.droppedTurns - 1))).toBeGreaterThan(maxModelLen - 100)
          }
        },
      ),
    )
  })
})
