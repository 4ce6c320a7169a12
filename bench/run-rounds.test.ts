import { describe, expect, it } from 'vitest'
import { runRounds } from './run-rounds.ts'

describe('runRounds', () => {
  it('measures each thing once a round, and lets each of them go first in its turn', async () => {
    const order: string[] = []
    const measure = (name: string, value: number) => async () => {
      order.push(name)
      return value
    }
    const seen: number[] = []
    const rounds = await runRounds({
      rounds: 4,
      runs: { bare: measure('bare', 1), app: measure('app', 2), again: measure('again', 3) },
      onRound: ({ app }) => seen.push(app),
    })
    expect(order.join(' ')).toBe('bare app again app again bare again bare app bare app again')
    expect(rounds).toEqual(Array.from({ length: 4 }, () => ({ bare: 1, app: 2, again: 3 })))
    expect(seen).toEqual([2, 2, 2, 2])
  })
})
