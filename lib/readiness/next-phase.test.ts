import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ErrorDetails } from '@/lib/domain/error'
import type { Phase } from '@/lib/domain/readiness'
import { seen } from './__fixtures__/observations'
import {
  HOST,
  type Look,
  logged,
  phases,
  REST,
  SETTINGS,
  times,
  watch,
} from './__fixtures__/watch-phases'
import { createPhaseState, type PhaseState, reportDeath } from './next-phase'
import type { LogEvidence } from './start-progress'

describe('the phase table', () => {
  const proxied = (details: ErrorDetails) => seen.healthFailed('engine_proxy', details)
  it.each<[string, readonly Look[], Phase, ErrorDetails]>([
    ['refused', [seen.refused()], 'unreachable', {}],
    [
      'reset',
      [seen.healthFailed('engine_unreachable', { systemCode: 'ECONNRESET' })],
      'unreachable',
      {},
    ],
    ['refused at the models', [seen.modelsFailed('engine_unreachable')], 'unreachable', {}],
    ['a DNS error', [seen.healthFailed('engine_name_not_found')], 'name-not-found', {}],
    ['a certificate error', [seen.healthFailed('engine_tls')], 'tls-failed', {}],
    ['no answer, three times', times(3, seen.slow()), 'timeout', { seconds: 3 }],
    [
      'no models, three times',
      times(3, seen.modelsFailed('engine_timeout')),
      'timeout',
      { seconds: 3 },
    ],
    ['502', [proxied({ status: 502 })], 'proxy-error', { status: 502 }],
    ['504', [proxied({ status: 504 })], 'proxy-error', { status: 504 }],
    ['HTML for models', [seen.modelsFailed('engine_wrong_content_type')], 'proxy-error', {}],
    ['JSON that is no list', [seen.modelsFailed('engine_malformed')], 'proxy-error', {}],
    [
      'a redirect',
      [seen.modelsFailed('engine_redirected', { status: 302, host: 'x' })],
      'proxy-error',
      { status: 302 },
    ],
    [
      'no such path',
      [seen.modelsFailed('engine_path_not_found', { status: 404 })],
      'proxy-error',
      { status: 404 },
    ],
    [
      'a rate limit, three times',
      times(3, seen.modelsFailed('engine_busy', { status: 429 })),
      'proxy-error',
      { status: 429 },
    ],
    [
      '401',
      [seen.modelsFailed('engine_unauthorized', { status: 401 })],
      'unauthorized',
      { status: 401 },
    ],
    ['no model at all', [seen.up(REST, [])], 'wrong-model', {}],
    ['the log sees a start', [logged('starting')], 'loading', {}],
    [
      'a gateway in front of a start',
      [logged('starting', proxied({ status: 502 }))],
      'loading',
      { status: 502 },
    ],
    ['503 before ever ready', [seen.unavailable()], 'loading', { status: 503 }],
    [
      'models 503 before ever ready',
      [seen.modelsFailed('engine_busy', { status: 503 })],
      'loading',
      { status: 503 },
    ],
    ['all well', [seen.up(REST)], 'ready', {}],
    ['all well, no metrics', [seen.up()], 'ready', {}],
    [
      'requests wait in two looks',
      times(2, seen.up({ ...REST, runningRequests: 4, waitingRequests: 7 })),
      'saturated',
      { running: 4, waiting: 7 },
    ],
    ['503 after it was ready', [seen.up(REST), seen.unavailable()], 'dead', { status: 503 }],
    [
      'a dead core behind the models',
      [seen.up(REST), seen.modelsFailed('engine_died')],
      'dead',
      { status: 503 },
    ],
    ['asleep', [seen.up({ ...REST, isSleeping: true })], 'sleeping', { root: SETTINGS.rootUrl }],
  ])('%s', (_, looks, phase, details) => {
    const state = watch(looks).at(-1)
    expect([state?.phase, state?.details]).toEqual([phase, { ...HOST, ...details }])
  })

  it('begins with checking', () => {
    expect(createPhaseState({ settings: SETTINGS, nowMs: 5 })).toMatchObject({
      phase: 'checking',
      details: HOST,
      sinceMs: 5,
    })
  })

  it('says what was wanted and what is served', () => {
    const [state] = watch([seen.up(REST, ['a', 'b'])], { wantedModel: 'chat' })
    expect(state).toMatchObject({
      phase: 'wrong-model',
      details: { ...HOST, wanted: 'chat', served: 'a, b' },
      servedModels: ['a', 'b'],
      model: undefined,
    })
  })

  it('names the wanted model while nothing answers, for the command that starts it', () => {
    const [state] = watch([seen.refused()], { wantedModel: 'chat' })
    expect(state?.details).toEqual({ ...HOST, wanted: 'chat' })
  })

  it('takes the wanted model among many, and the first where none is wanted', () => {
    const looks = [seen.up(REST, ['base', 'lora'])]
    expect(watch(looks, { wantedModel: 'lora' })[0]?.model?.id).toBe('lora')
    expect(watch(looks)[0]?.model?.id).toBe('base')
  })

  it('cuts a long list of served models', () => {
    const ids = Array.from({ length: 200 }, (_, index) => `model-${index}`)
    const [state] = watch([seen.up(REST, ids)], { wantedModel: 'chat' })
    expect(String(state?.details.served)).toHaveLength(300)
  })
})

describe('from phase to phase', () => {
  it('one slow answer, or two, never flap a ready engine', () => {
    const slow = seen.slow()
    expect(
      phases([seen.up(REST), slow, slow, seen.up(REST), slow, slow, slow, seen.up(REST)]),
    ).toEqual(['ready', 'ready', 'ready', 'ready', 'ready', 'ready', 'timeout', 'ready'])
  })

  it('dead, refused, loading by the log, ready', () => {
    expect(
      phases([
        seen.up(REST),
        seen.unavailable(),
        seen.unavailable(),
        seen.refused(),
        logged('starting'),
        seen.up({ ...REST, processStartedAtMs: 2000 }),
      ]),
    ).toEqual(['ready', 'dead', 'dead', 'unreachable', 'loading', 'ready'])
  })

  it.each<[LogEvidence, Phase]>([
    ['none', 'unreachable'],
    ['failed', 'unreachable'],
    ['exited', 'unreachable'],
    ['serving', 'unreachable'],
    ['starting', 'loading'],
    ['died', 'dead'],
  ])('refused with a log that says %s is %s', (log, phase) => {
    expect(phases([seen.up(REST), logged(log)]).at(-1)).toBe(phase)
  })

  it('503 is loading again once the process was gone, or says so, or its log does', () => {
    expect(phases([seen.up(REST), seen.refused(), seen.unavailable()]).at(-1)).toBe('loading')
    expect(phases([seen.up(REST), seen.unavailable(true)]).at(-1)).toBe('loading')
    expect(phases([seen.up(REST), logged('starting', seen.unavailable())]).at(-1)).toBe('loading')
  })

  it('is dead where the process has a launcher that saw it die, until the next one shows itself', () => {
    const looks = [seen.up(REST), seen.refused(), logged('died'), logged('died')]
    const next = [logged('starting'), seen.up({ ...REST, processStartedAtMs: 2000 })]
    expect(phases([...looks, ...next])).toEqual([
      'ready',
      'unreachable',
      'dead',
      'dead',
      'loading',
      'ready',
    ])
  })

  it('is never opened by the log alone, nor shut by it', () => {
    const log: LogEvidence[] = ['none', 'starting', 'failed', 'serving', 'exited', 'died']
    for (const evidence of log) {
      expect(phases([logged(evidence)])).not.toContain('ready')
      expect(phases([logged(evidence, seen.up(REST))])).toEqual(['ready'])
    }
  })

  it('counts waiting requests in looks in a row', () => {
    const full = seen.up({ ...REST, runningRequests: 2, waitingRequests: 1 })
    const busy = seen.up({ ...REST, runningRequests: 2, generationTokens: 6 })
    expect(phases([full, busy, full, full, seen.up(), busy])).toEqual([
      'ready',
      'ready',
      'ready',
      'saturated',
      'saturated',
      'ready',
    ])
    expect(watch([full, full, seen.up()]).at(-1)?.details).toEqual({
      ...HOST,
      running: 2,
      waiting: 1,
    })
  })

  it('keeps the time since when through looks that change nothing', () => {
    const states = watch([seen.refused(), seen.refused(), seen.up(REST), seen.up(REST)])
    expect(states.map(({ sinceMs }) => sinceMs)).toEqual([1000, 1000, 3000, 3000])
  })

  it('is shut in every phase but ready and saturated, whatever was seen before', () => {
    const look = fc.constantFrom<Look>(
      seen.refused(),
      seen.slow(),
      seen.unavailable(),
      seen.unavailable(true),
      logged('starting'),
      logged('failed', seen.unavailable()),
      seen.healthFailed('engine_proxy', { status: 502 }),
      seen.modelsFailed('engine_unauthorized', { status: 401 }),
      seen.up(REST),
      seen.up({ ...REST, waitingRequests: 1, runningRequests: 1 }),
      seen.up({ ...REST, isSleeping: true }),
      seen.up(REST, ['other']),
    )
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 12 }), (looks) => {
        const states = watch(looks, { wantedModel: 'chat' })
        for (const [index, state] of states.entries()) {
          const look = looks[index]
          if (look === undefined || !(state.phase === 'ready' || state.phase === 'saturated'))
            continue
          expect(state.model?.id).toBe('chat')
          const { health, models } = 'log' in look ? look.observation : look
          const isSlow = health.kind === 'failed' && health.error.code === 'engine_timeout'
          expect(models.kind === 'ok' || isSlow).toBe(true)
        }
        expect(phases([...looks, seen.refused()], { wantedModel: 'chat' }).at(-1)).toBe(
          'unreachable',
        )
        expect(phases([...looks, seen.up(REST)], { wantedModel: 'chat' }).at(-1)).toBe('ready')
      }),
    )
  })
})

describe('a death that a reply met', () => {
  const died = (state: PhaseState | undefined) =>
    state && reportDeath({ state, settings: SETTINGS, nowMs: 70_000 })

  it('shuts the gate of an open engine at once', () => {
    const state = died(watch([seen.up(REST)])[0])
    expect(state).toMatchObject({ phase: 'dead', sinceMs: 70_000, model: undefined })
  })

  it('says nothing of an engine that is not up', () => {
    const [away] = watch([logged('starting')])
    expect(died(away)).toBe(away)
  })
})
