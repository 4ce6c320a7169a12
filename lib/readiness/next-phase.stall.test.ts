import { describe, expect, it } from 'vitest'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { seen } from './__fixtures__/observations'
import { HOST, phases, REST, times, watch } from './__fixtures__/watch-phases'

describe('a stall', () => {
  const RUNNING: EngineMetrics = {
    ...REST,
    runningRequests: 3,
    iterationTokens: 50,
    kvCacheUsage: 0.2,
  }
  const flat = (seconds: number, metrics = RUNNING) => times(seconds, seen.up(metrics))

  it('is running requests and no token for 30 s', () => {
    const states = watch([...flat(30), seen.up(RUNNING), ...flat(5)])
    expect(states.map(({ phase }) => phase).lastIndexOf('ready')).toBe(29)
    expect(states[30]).toMatchObject({ phase: 'stalled', sinceMs: 31_000 })
    expect(states.at(-1)?.details).toEqual({ ...HOST, running: 3, waiting: 0, seconds: 35 })
  })

  it.each<[string, EngineMetrics]>([
    ['tokens move', { ...RUNNING, generationTokens: 6 }],
    ['a prompt was read', { ...RUNNING, promptTokens: 4000 }],
    ['an iteration ended', { ...RUNNING, iterationTokens: 51 }],
    ['a long prefill fills the cache', { ...RUNNING, kvCacheUsage: 0.21 }],
    ['nothing runs', REST],
    ['another process answers', { ...RUNNING, processStartedAtMs: 2000 }],
  ])('is over, or never comes, when %s', (_, moved) => {
    expect(phases([...flat(40), seen.up(moved)]).at(-1)).toBe('ready')
    expect(phases([...flat(20), seen.up(moved), ...flat(20, moved)])).not.toContain('stalled')
  })

  it('is not ended by a look that got no metrics, nor by slow answers', () => {
    expect(phases([...flat(31), seen.up(), seen.slow(), seen.up(RUNNING)]).slice(-4)).toEqual(
      times(4, seen.up()).map(() => 'stalled'),
    )
  })

  it('is never said of an engine that counts no tokens', () => {
    expect(phases(flat(60, { runningRequests: 2 }))).not.toContain('stalled')
  })
})
