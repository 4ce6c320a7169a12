import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planTrim } from './plan-trim'

describe('planTrim', () => {
  it.each([
    ['nothing when all fits', [10, 20, 50], 80, 90, [0, 80, true]],
    ['the oldest turn first', [10, 20, 50], 70, 90, [1, 70, true]],
    ['as many as needed', [10, 20, 50], 50, 90, [2, 50, true]],
    ['never what always stays', [10, 200], 90, 100, [1, 200, false]],
    ['all it can where only the limit is met', [10, 95], 90, 100, [1, 95, true]],
    ['nothing of no turns', [20], 80, 90, [0, 20, true]],
  ])('drops %s', (_, turnTokens, aimTokens, limitTokens, expected) => {
    const plan = planTrim({ turnTokens, aimTokens, limitTokens })
    expect([plan.droppedTurns, plan.promptTokens, plan.isEnough]).toEqual(expected)
  })

  it('drops no turn more than it must', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(2000), { minLength: 1, maxLength: 30 }),
        fc.nat(20_000),
        fc.nat(2000),
        (turnTokens, aimTokens, slackTokens) => {
          const limitTokens = aimTokens + slackTokens
          const plan = planTrim({ turnTokens, aimTokens, limitTokens })
          const sum = (tokens: number[]) => tokens.reduce((total, count) => total + count, 0)
          const kept = sum(turnTokens.slice(plan.droppedTurns))
          expect(plan.promptTokens).toBe(kept)
          expect(plan.droppedTurns).toBeLessThan(turnTokens.length)
          expect(plan.isEnough).toBe(kept <= limitTokens)
          if (plan.droppedTurns > 0) {
            expect(sum(turnTokens.slice(plan.droppedTurns - 1))).toBeGreaterThan(aimTokens)
          }
        },
      ),
    )
  })
})
