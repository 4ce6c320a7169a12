import { describe, expect, it } from 'vitest'
import type { Block } from './block'
import { formatCost, toCostLines } from './cost-report'

const block = (ms: number): Block => ({
  ttftMs: [ms, ms + 1, ms - 1],
  turnMs: [ms * 2],
  busyTtftMs: [ms * 3],
  cpuMsPerTurn: ms / 10,
})

describe('toCostLines', () => {
  it('takes the median of the pairs, and the ends of what two equal arms differ by', () => {
    const [ttft] = toCostLines([
      { with: block(12), without: block(10), again: block(11) },
      { with: block(13), without: block(10), again: block(9) },
      { with: block(20), without: block(10), again: block(10) },
    ])
    expect(ttft).toEqual({
      name: 'TTFT, one user',
      withMs: 13,
      withoutMs: 10,
      differenceMs: 3,
      noiseMs: [-1, 1],
      isWithinNoise: false,
    })
  })

  it('finds no cost that two equal arms do not show as well', () => {
    const lines = toCostLines([
      { with: block(10.5), without: block(10), again: block(11) },
      { with: block(9.5), without: block(10), again: block(9) },
    ])
    expect(lines.every(({ isWithinNoise }) => isWithinNoise)).toBe(true)
    expect(formatCost(lines)).toContain(
      '| TTFT, one user | 10.00 | 10.00 | +0.00 | −1.00 … +1.00 | yes |',
    )
  })
})
