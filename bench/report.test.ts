import { describe, expect, it } from 'vitest'
import { formatReport, type Machine, type Row } from './report.ts'
import { toSpread } from './spread.ts'

const MACHINE: Machine = { cpu: 'A CPU', cores: 2, node: 'v24.0.0', loadBefore: 0.12, loadAfter: 1 }

function verdictOf(row: Partial<Row>): string | undefined {
  const whole: Row = { what: 'w', unit: 'ms', measured: toSpread([1]), ...row }
  const report = { title: 'T', rows: [whole], claims: [], notes: [] }
  const line = formatReport(report, MACHINE)
    .split('\n')
    .find((text) => text.startsWith('| w |'))
  return line?.split('|').at(-2)?.trim()
}

describe('formatReport', () => {
  it('is a table with the spread, what an A/A run was off by, and the machine', () => {
    const row: Row = {
      what: 'added to TTFT',
      unit: 'ms',
      budget: 5,
      measured: toSpread([1.234, 12.34, 123.4]),
      noise: 0.5,
    }
    const claims = [{ what: 'nothing lost', holds: true, note: '9 streams' }]
    expect(
      formatReport({ title: 'Server', rows: [row], claims, notes: ['so and so'] }, MACHINE),
    ).toMatchInlineSnapshot(`
        "# Server

        2 cores (A CPU), Node v24.0.0; load average 0.1 before, 1.0 after.

        | what | at most | median (least … most, of how many) | A/A off by | verdict |
        |---|---|---|---|---|
        | added to TTFT | 5 ms | 12.3 (1.23 … 123, 3) ms | 0.50 ms | **missed by 2.47×** |

        | claim | holds | |
        |---|---|---|
        | nothing lost | yes | 9 streams |

        - so and so
        "
      `)
  })

  it.each([
    ['holds', { budget: 1, measured: toSpread([1]) }],
    ['**missed by 1.50×**', { budget: 2, measured: toSpread([3]) }],
    ['inside the noise', { measured: toSpread([-1]), noise: 1 }],
    ['holds, inside the noise', { budget: 2, measured: toSpread([1.1]), noise: 0.2, unit: '×' }],
    ['', { measured: toSpread([1.3]), noise: 0.2, unit: '×' }],
    ['', { measured: toSpread([4]) }],
  ])('says %s', (verdict, row) => {
    expect(verdictOf(row)).toBe(verdict)
  })

  it('shows a claim that does not hold', () => {
    const claims = [{ what: 'nothing lost', holds: false, note: '' }]
    expect(formatReport({ title: 'T', rows: [], claims, notes: [] }, MACHINE)).toContain('**no**')
  })
})
