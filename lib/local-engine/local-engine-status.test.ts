import { describe, expect, it } from 'vitest'
import {
  type LocalEngineStatus,
  STOPPED,
  toEnded,
  toNextStatus,
  toStarted,
} from './local-engine-status'
import { parseLocalLogLine } from './parse-local-log-line'
import { toStartFailure, toStartProgress } from './to-start-progress'

const CRASH = { code: 'crashed', isRetryable: true, facts: { exit: 'SIGSEGV' } }

/** One line a second, from 1,000 ms on. */
function follow(lines: readonly string[], start: LocalEngineStatus = STOPPED): LocalEngineStatus {
  const started = toStarted({ status: start, pid: 7, isRestart: start !== STOPPED, atMs: 0 })
  return lines.reduce((status, text, index) => {
    const line = parseLocalLogLine(`[local-engine] ${text}`)
    if (line === undefined) throw new Error(text)
    return toNextStatus({ status, line, atMs: (index + 1) * 1000 })
  }, started)
}

describe('the status', () => {
  it('gathers the facts, and drops the percent with the stage it belonged to', () => {
    const status = follow(['stage=fetching done_mb=1 total_mb=4', 'stage=checking size_mb=4'])
    expect(status).toMatchObject({
      state: 'starting',
      stage: 'checking',
      facts: { done_mb: 1, total_mb: 4, size_mb: 4 },
      lastLineAtMs: 2000,
    })
    expect(status.percent).toBeUndefined()
  })

  it('keeps the stage in which it failed', () => {
    const status = follow([
      'stage=fetching done_mb=1 total_mb=4',
      'stage=failed code=no-space retry=later',
    ])
    expect(status).toMatchObject({ stage: 'fetching', failure: { code: 'no-space' } })
  })

  it('shows the failure before until the next start is ready', () => {
    const ended = toEnded({ status: follow([]), failure: CRASH, nextStartAtMs: 5 })
    expect(ended).toMatchObject({ state: 'waiting', nextStartAtMs: 5, failure: CRASH })
    expect(ended.pid).toBeUndefined()
    expect(follow(['stage=loading percent=1'], ended)).toMatchObject({
      failure: CRASH,
      restarts: 1,
    })
    expect(follow(['stage=ready model=x'], ended).failure).toBeUndefined()
    expect(follow([], ended).nextStartAtMs).toBeUndefined()
  })
})

describe('what the gate shows', () => {
  it('is the stage, its percent, and how long each stage took', () => {
    const status = follow([
      'stage=installing done_mb=1',
      'stage=fetching done_mb=0 total_mb=4',
      'stage=fetching done_mb=2 total_mb=4',
    ])
    expect(toStartProgress({ status, nowMs: 3500 })).toEqual({
      stage: 'downloading',
      stagePercent: 50,
      download: { doneMb: 2, totalMb: 4 },
      progress: 0.575,
      elapsedMs: 3500,
      sinceLastLineMs: 500,
      isStuck: false,
      stages: [
        { stage: 'starting', elapsedMs: 1000 },
        { stage: 'installing', elapsedMs: 1000 },
        { stage: 'downloading', elapsedMs: 1500 },
      ],
      facts: { done_mb: 2, total_mb: 4 },
    })
  })

  it('takes checking and loading for one stage', () => {
    const status = follow(['stage=checking total_mb=4', 'stage=loading percent=10'])
    expect(toStartProgress({ status, nowMs: 3000 })?.stages).toEqual([
      { stage: 'starting', elapsedMs: 1000 },
      { stage: 'weights', elapsedMs: 2000 },
    ])
  })

  it('calls a start stuck after a minute without a line, but never a download', () => {
    const nowMs = 62_000
    const loading = follow(['stage=loading percent=10'])
    const fetching = follow(['stage=fetching done_mb=1 total_mb=9'])
    expect(toStartProgress({ status: loading, nowMs })?.isStuck).toBe(true)
    expect(toStartProgress({ status: fetching, nowMs })?.isStuck).toBe(false)
  })

  it('leaves no room on the bar for what a later start does not need', () => {
    const share = (...lines: string[]) =>
      toStartProgress({ status: follow(lines), nowMs: 9000 })?.progress
    expect(share('stage=loading percent=50')).toBeCloseTo(0.6)
    expect(share('stage=fetching done_mb=4 total_mb=4', 'stage=loading percent=50')).toBeCloseTo(
      0.95,
    )
  })

  it('moves its bar on through an install, and never back', () => {
    const installing = follow(['stage=installing package=x'])
    const shares = [1000, 5000, 30_000, 300_000].map(
      (nowMs) => toStartProgress({ status: installing, nowMs })?.progress ?? 0,
    )
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(new Set(shares).size).toBe(4)
    const fetching = follow(['stage=installing package=x', 'stage=fetching done_mb=0 total_mb=9'])
    const next = toStartProgress({ status: fetching, nowMs: 300_000 })?.progress ?? 0
    expect(shares.at(-1)).toBeLessThanOrEqual(next)
  })

  it('tells what is here of an install, which does not know its whole', () => {
    const status = follow(['stage=installing done_mb=14 elapsed_s=3'])
    expect(toStartProgress({ status, nowMs: 1 })?.download).toEqual({ doneMb: 14 })
    const later = follow(['stage=installing done_mb=14 elapsed_s=3', 'stage=checking total_mb=4'])
    expect(toStartProgress({ status: later, nowMs: 1 })).not.toHaveProperty('download')
  })

  it('is a start that is over once it is ready, and never one that hangs', () => {
    const status = follow(['stage=ready model=x'])
    expect(toStartProgress({ status, nowMs: 1_000_000 })).toMatchObject({
      stage: 'started',
      progress: 1,
      isStuck: false,
    })
  })

  it('is nothing while none is under way', () => {
    const ended = toEnded({ status: follow([]), failure: CRASH, nextStartAtMs: 5 })
    for (const status of [STOPPED, ended]) {
      expect(toStartProgress({ status, nowMs: 1 })).toBeUndefined()
    }
  })

  it('is a failure with a code of its own and its figures', () => {
    const status = follow(['stage=failed code=no-space retry=later needed_mb=300 free_mb=5'])
    expect(toStartFailure({ status, nowMs: 1 })).toEqual({
      code: 'local-no-space',
      details: { needed_mb: 300, free_mb: 5 },
      line: 'no-space needed_mb=300 free_mb=5',
    })
    expect(toStartFailure({ status: STOPPED, nowMs: 1 })).toBeUndefined()
  })

  it('says what the engine said, and how long until the next try', () => {
    const failure = { code: 'no-network', isRetryable: true, facts: { reason: 'no such host' } }
    const status = toEnded({ status: follow([]), failure, nextStartAtMs: 9000 })
    expect(toStartFailure({ status, nowMs: 5000 })).toMatchObject({
      line: 'no such host',
      nextTryInMs: 4000,
    })
    expect(toStartFailure({ status, nowMs: 10_000 })?.nextTryInMs).toBe(0)
  })
})
