import { describe, expect, it } from 'vitest'
import type { EngineObservation } from '@/lib/engine/probe-engine'
import type { EngineMetrics } from '@/lib/engine/read-metrics'
import { seen } from './__fixtures__/observations'
import { HOST, REST, SETTINGS, watch } from './__fixtures__/watch-phases'
import { finishWarmUp, nextPhase, type PhaseState } from './next-phase'

describe('the warm-up', () => {
  const WARM = { isWarmUpEnabled: true }
  const settings = { ...SETTINGS, ...WARM }
  const warmed = (state: PhaseState, epoch = state.admission.epoch) =>
    finishWarmUp({ state, settings, epoch, nowMs: 60_000 })
  const look = (state: PhaseState, observation: EngineObservation) =>
    nextPhase({ state, settings, observation, evidence: 'none', nowMs: 61_000 })
  const firstUp = (observation: EngineObservation) => {
    const state = watch([observation], WARM)[0]
    if (state === undefined) throw new Error('no state')
    return state
  }

  it('stands before ready, and the gate opens when it is over', () => {
    const state = firstUp(seen.up(REST))
    expect(state.phase).toBe('warming')
    expect(look(state, seen.up(REST)).phase).toBe('warming')
    expect(warmed(state)).toMatchObject({ phase: 'ready', sinceMs: 60_000, details: HOST })
    expect(look(warmed(state), seen.up(REST)).phase).toBe('ready')
  })

  it.each<[string, EngineMetrics]>([
    ['run', { ...REST, runningRequests: 1 }],
    ['wait', { ...REST, waitingRequests: 1 }],
  ])('is left out when others %s', (_, metrics) => {
    const state = firstUp(seen.up(metrics))
    expect(state.phase).toBe('ready')
    expect(look(state, seen.up(REST)).phase).toBe('ready')
  })

  it('comes once a process: not again after a gap, but for another process', () => {
    const ready = warmed(firstUp(seen.up(REST)))
    const back = look(look(ready, seen.refused()), seen.up(REST))
    expect(back.phase).toBe('ready')
    expect(look(ready, seen.up({ ...REST, processStartedAtMs: 2000 })).phase).toBe('warming')
  })

  it('comes after every absence of a process that does not tell when it began', () => {
    const ready = warmed(firstUp(seen.up()))
    expect(look(ready, seen.up()).phase).toBe('ready')
    expect(look(look(ready, seen.refused()), seen.up()).phase).toBe('warming')
  })

  it('does not come again for metrics that came late or went missing', () => {
    const ready = warmed(firstUp(seen.up()))
    const named = look(ready, seen.up(REST))
    expect(named.phase).toBe('ready')
    expect(look(named, seen.up()).phase).toBe('ready')
    expect(look(look(named, seen.refused()), seen.up(REST)).phase).toBe('ready')
  })

  it('comes once for each of two replicas that take turns', () => {
    const other = { ...REST, processStartedAtMs: 2000 }
    let state = warmed(look(warmed(firstUp(seen.up(REST))), seen.up(other)))
    for (const metrics of [REST, other, REST, other]) {
      state = look(state, seen.up(metrics))
      expect(state.phase).toBe('ready')
    }
  })

  it('that was cut off by an absence comes again, and its late end changes nothing', () => {
    const cut = look(firstUp(seen.up(REST)), seen.refused())
    expect(cut.phase).toBe('unreachable')
    expect(warmed(cut).phase).toBe('unreachable')
    const again = look(cut, seen.up(REST))
    expect(again.phase).toBe('warming')
    expect(warmed(again, again.admission.epoch - 1)).toBe(again)
  })

  it('is owed to the replica that it was cut off from', () => {
    const other = seen.up({ ...REST, processStartedAtMs: 2000 })
    const both = look(look(firstUp(seen.up(REST)), other), seen.up(REST))
    expect(both).toMatchObject({ phase: 'warming', admission: { epoch: 2 } })
    expect(look(look(both, seen.refused()), other).phase).toBe('warming')
  })

  it('waits for a sleeping engine to wake', () => {
    const asleep = firstUp(seen.up({ ...REST, isSleeping: true }))
    expect([asleep.phase, look(asleep, seen.up(REST)).phase]).toEqual(['sleeping', 'warming'])
  })
})
