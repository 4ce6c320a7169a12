import { describe, expect, it } from 'vitest'
import { START_STAGES } from '@/lib/domain/readiness'
import { toStageRows } from './to-stage-rows'

const signs = (options: Parameters<typeof toStageRows>[0]) =>
  toStageRows(options).map(({ name, state }) => `${name}: ${state}`)

describe('toStageRows', () => {
  it.each([false, true])(
    'keeps the number of rows through the whole start (local %s)',
    (isLocal) => {
      const counts = START_STAGES.map(
        (stage) => toStageRows({ start: { stage, stages: [] }, isWarming: false, isLocal }).length,
      )
      expect(new Set(counts).size).toBe(1)
    },
  )

  it('has the stages of the local engine, and none that only vLLM has', () => {
    const stages = [
      { stage: 'starting' as const, elapsedMs: 300 },
      { stage: 'installing' as const, elapsedMs: 9000 },
    ]
    const start = { stage: 'downloading' as const, stages }
    expect(signs({ start, isWarming: false, isLocal: true })).toEqual([
      'starting: done',
      'installing: done',
      'downloading: current',
      'weights: next',
      'warming: next',
    ])
  })

  it('tells what is done, was not needed, goes on, and is to come', () => {
    const stages = [
      { stage: 'starting' as const, elapsedMs: 4000 },
      { stage: 'resolving' as const, elapsedMs: 1500 },
    ]
    expect(signs({ start: { stage: 'weights', stages }, isWarming: false })).toEqual([
      'starting: done',
      'resolving: done',
      'downloading: skipped',
      'weights: current',
      'compiling: next',
      'kv-cache: next',
      'graphs: next',
      'serving: next',
      'warming: next',
    ])
  })

  it.each([
    ['started', false],
    ['weights', true],
  ] as const)('ends with the warm-up (stage %s, warming %s)', (stage, isWarming) => {
    expect(signs({ start: { stage, stages: [] }, isWarming }).at(-1)).toBe('warming: current')
  })

  it('adds up the times of a stage that the engine came back to', () => {
    const stages = [
      { stage: 'compiling' as const, elapsedMs: 4000 },
      { stage: 'kv-cache' as const, elapsedMs: 1000 },
      { stage: 'compiling' as const, elapsedMs: 500 },
    ]
    const rows = toStageRows({ start: { stage: 'graphs', stages }, isWarming: false })
    expect(rows.find(({ name }) => name === 'compiling')?.elapsedMs).toBe(4500)
  })
})
