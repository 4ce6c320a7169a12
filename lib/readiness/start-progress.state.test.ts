import { describe, expect, it } from 'vitest'
import type { StartStage } from '@/lib/domain/readiness'
import { parseLogLine } from '@/lib/engine/parse-log-line'
import { BANNER, CAUSE, CPU_EAGER, READY, readAll, stateAfter } from './__fixtures__/replay-log'
import {
  noteHealthy,
  reduceLogLine,
  toLogEvidence,
  toStartFailure,
  toStartProgress,
} from './start-progress'

const SEEK = 'Starting to load model Qwen/Qwen3-4B...'

describe('the silence of a start', () => {
  it('is called stuck after 60 s without a line, and not before', () => {
    const state = readAll([BANNER, 'Resolved architecture: Qwen3ForCausalLM'])
    expect(toStartProgress({ state, nowMs: 60_999 })?.isStuck).toBe(false)
    expect(toStartProgress({ state, nowMs: 61_000 })?.isStuck).toBe(true)
  })

  it('is a download, never stuck, once weights are sought and do not come', () => {
    const state = readAll([BANNER, 'Resolved architecture: Qwen3ForCausalLM', SEEK])
    expect(toStartProgress({ state, nowMs: 7000 })?.stage).toBe('resolving')
    expect(toStartProgress({ state, nowMs: 3_000_000 })).toMatchObject({
      stage: 'downloading',
      isStuck: false,
      stages: [{ stage: 'starting' }, { stage: 'resolving' }],
    })
    expect(toLogEvidence({ state, nowMs: 3_000_000 })).toBe('starting')
  })

  it('is no download for a model of a local folder', () => {
    const state = readAll([BANNER, 'Starting to load model /models/qwen3-4b...'])
    expect(toStartProgress({ state, nowMs: 90_000 })).toMatchObject({
      stage: 'weights',
      isStuck: true,
    })
  })

  it.each<[string, string, StartStage[]]>([
    ['that the cache had', 'Loading weights took 38.00 seconds', ['starting', 'resolving']],
    [
      'that were loaded in a part of the time',
      'Loading weights took 8.00 seconds',
      ['starting', 'resolving', 'downloading'],
    ],
    [
      'that say so themselves',
      'Time spent downloading weights for Qwen/Qwen3-4B: 39.000000 seconds',
      ['starting', 'resolving', 'downloading'],
    ],
  ])('is told apart by the weights %s', (_, line, stages) => {
    const sought = readAll([BANNER, 'Resolved architecture: Qwen3ForCausalLM', SEEK])
    const state = reduceLogLine({ state: sought, line: parseLogLine(line), atMs: 42_000 })
    const progress = toStartProgress({ state, nowMs: 42_000 })
    expect([...(progress?.stages ?? [])].map(({ stage }) => stage)).toEqual(stages)
    expect(progress?.stage).toBe('weights')
  })
})

describe('the state of the log', () => {
  it('is starting, then serving, then exited', () => {
    const ready = readAll([BANNER, READY])
    expect(toLogEvidence({ state: {}, nowMs: 0 })).toBe('none')
    expect(toLogEvidence({ state: readAll([BANNER]), nowMs: 500 })).toBe('starting')
    // The port opens a moment after the line.
    expect(toLogEvidence({ state: ready, nowMs: 2000 })).toBe('starting')
    expect(toLogEvidence({ state: ready, nowMs: 9000 })).toBe('serving')
    const up = noteHealthy({ state: ready, nowMs: 1500 })
    expect(toLogEvidence({ state: up, nowMs: 2000 })).toBe('serving')
    const gone = readAll(['INFO:     Finished server process [1]'], up)
    expect(toLogEvidence({ state: gone, nowMs: 3000 })).toBe('exited')
  })

  it('skips what users wrote', () => {
    const words = `INFO 11-23 16:00:09 [x.py:1] Received request chatcmpl-1: prompt: '${CAUSE} ${BANNER}'`
    const state = readAll([BANNER, 'Resolved architecture: Qwen3ForCausalLM', words])
    expect(toStartFailure({ state, nowMs: 1e5 })).toBeUndefined()
    expect(toStartProgress({ state, nowMs: 3000 })).toMatchObject({
      stage: 'resolving',
      elapsedMs: 3000,
    })
  })

  it('begins anew without a banner when a first word follows an end', () => {
    const lines = [
      BANNER,
      READY,
      'INFO:     Application shutdown complete.',
      'Using max model len 4096',
    ]
    const state = readAll(lines)
    expect(toStartProgress({ state, nowMs: 4000 })).toMatchObject({
      stage: 'resolving',
      elapsedMs: 1000,
    })
    expect(state.run?.isWhole).toBe(false)
  })

  it('measures the next start against the last complete one', () => {
    const first = stateAfter(CPU_EAGER)
    const state = reduceLogLine({ state: first, line: parseLogLine(BANNER), atMs: 400_000 })
    expect(toStartProgress({ state, nowMs: 400_000 })?.lastStartMs).toBe(88_895)
  })

  it('takes no time from a second server that begins beside one that answers', () => {
    expect(noteHealthy({ state: readAll([BANNER]), nowMs: 900 }).record).toBeUndefined()
    const late = readAll([BANNER, 'GPU KV cache size: 91,008 tokens'])
    expect(noteHealthy({ state: late, nowMs: 9000 }).record?.totalMs).toBe(9000)
  })
})
