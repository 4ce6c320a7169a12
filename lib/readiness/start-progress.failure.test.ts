import { describe, expect, it } from 'vitest'
import { parseLogLine } from '@/lib/engine/parse-log-line'
import { BANNER, CAUSE, READY, readAll, replay } from './__fixtures__/replay-log'
import {
  noteHealthy,
  reduceLogLine,
  toLogEvidence,
  toStartFailure,
  toStartProgress,
} from './start-progress'

const GPU = 'vllm-0.26.0-gpu'
const GENERAL = 'ERROR 11-23 16:00:00 [core.py:1330] EngineCore failed to start.'

describe('a fatal log', () => {
  it.each([
    ['gpu-already-in-use', 'gpu-memory-taken', { freeGib: 12.12, totalGib: 139.8 }],
    ['kv-smaller-than-max-model-len', 'kv-too-small', { estimatedMaxModelLen: 2512 }],
    ['max-model-len-above-the-models', 'max-model-len-too-large', { maxModelLen: 300_000 }],
    ['max-model-len-needs-more-kv', 'kv-too-small', { estimatedMaxModelLen: 95_088 }],
    ['no-memory-for-cache-blocks', 'no-kv-memory', {}],
  ])('%s is named by its cause, at every moment', (file, code, details) => {
    const seen = replay(`${GPU}.fatal.${file}`)
    const shown = seen.map(({ atMs, state }) => toStartFailure({ state, nowMs: atMs })?.code)
    expect(new Set(shown)).toEqual(new Set([undefined, code]))
    const state = seen.at(-1)?.state ?? {}
    expect(toStartFailure({ state, nowMs: 1e9 })).toMatchObject({ code, details })
    expect(toLogEvidence({ state, nowMs: 1e9 })).toBe('failed')
    const frozen = toStartProgress({ state, nowMs: 1e9 })
    expect(frozen?.elapsedMs).toBeLessThan(90_000)
    expect(frozen?.isStuck).toBe(false)
    expect(state.record).toBeUndefined()
  })

  it.each([
    ['before', [GENERAL, CAUSE]],
    ['after', [CAUSE, GENERAL]],
    ['before another', [GENERAL, CAUSE, 'OSError: [Errno 98] Address already in use']],
  ])('shows the specific line with a general one %s it', (_, lines) => {
    const state = readAll([BANNER, ...lines])
    expect(toStartFailure({ state, nowMs: 4000 })?.code).toBe('no-kv-memory')
  })

  it('waits 2 s for the cause before it shows a general line', () => {
    const state = readAll([BANNER, GENERAL])
    expect(toStartFailure({ state, nowMs: 2999 })).toBeUndefined()
    expect(toLogEvidence({ state, nowMs: 2999 })).toBe('starting')
    expect(toStartFailure({ state, nowMs: 3000 })?.code).toBe('engine-core-failed')
  })

  it('does not count after the start is complete, nor while /health is 200', () => {
    const after = readAll([BANNER, READY, CAUSE])
    expect(toStartFailure({ state: after, nowMs: 1e6 })).toBeUndefined()
    const healthy = reduceLogLine({
      state: readAll([BANNER]),
      line: parseLogLine(CAUSE),
      atMs: 2000,
      isHealthy: true,
    })
    expect(toStartFailure({ state: healthy, nowMs: 1e6 })).toBeUndefined()
  })

  it('is taken back when /health turns 200 after all', () => {
    const state = noteHealthy({ state: readAll([BANNER, CAUSE]), nowMs: 5000 })
    expect(toStartFailure({ state, nowMs: 1e6 })).toBeUndefined()
    expect(toLogEvidence({ state, nowMs: 1e6 })).toBe('serving')
  })

  it('is forgotten when a new process starts', () => {
    const state = readAll([BANNER, CAUSE, BANNER])
    expect(toStartFailure({ state, nowMs: 1e6 })).toBeUndefined()
    expect(toStartProgress({ state, nowMs: 2500 })).toMatchObject({
      stage: 'starting',
      elapsedMs: 500,
    })
  })

  it('of a wrong argument counts though no banner came before it', () => {
    const line = 'vllm serve: error: unrecognized arguments: --swap-space 4'
    for (const state of [readAll([line]), readAll([BANNER, READY, line])]) {
      expect(toStartFailure({ state, nowMs: 9000 })?.code).toBe('bad-arguments')
    }
  })
})
