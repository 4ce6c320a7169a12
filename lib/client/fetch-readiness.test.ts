import { describe, expect, it } from 'vitest'
import { parseReadiness } from './fetch-readiness'
import { toPhaseDetails } from './to-phase-details'

const readiness = {
  phase: 'unreachable',
  canSend: false,
  phaseElapsedMs: 4200,
  details: {},
  engineUrl: 'http://127.0.0.1:8000/v1',
  servedModels: ['a', 'b'],
  log: 'off',
  systemPrompt: { sha256: 'x' },
  isLocal: false,
  isDemo: false,
} as const

describe('parseReadiness', () => {
  it('takes what our server writes', () => {
    expect(parseReadiness(readiness)).toBe(readiness)
  })

  it.each([
    ['nothing', null],
    ['a page', '<html>'],
    ['an error', { error: { code: 'internal' } }],
    ['a phase of another version', { ...readiness, phase: 'dreaming' }],
    ['a phase without the word on sending', { ...readiness, canSend: undefined }],
  ])('refuses %s', (_, value) => {
    expect(() => parseReadiness(value)).toThrow(TypeError)
  })
})

describe('toPhaseDetails', () => {
  it('takes what the server left out from its other facts', () => {
    const load = { runningRequests: 2, waitingRequests: 1 }
    const servedModels = ['a', 'b']
    expect(toPhaseDetails({ ...readiness, servedModels, load, details: {} })).toEqual({
      host: '127.0.0.1:8000',
      root: 'http://127.0.0.1:8000',
      suggestedModel: 'Qwen/Qwen3-4B-Instruct-2507',
      served: 'a, b',
      running: 2,
      waiting: 1,
      seconds: 4,
    })
  })

  it('leaves out what nobody knows: no figure, no empty name', () => {
    const details = toPhaseDetails({ ...readiness, servedModels: [], details: {} })
    expect(Object.keys(details).sort()).toEqual(['host', 'root', 'seconds', 'suggestedModel'])
  })

  it("lets the server's own facts win, and shows an address that does not parse as it is", () => {
    const details = toPhaseDetails({
      ...readiness,
      servedModels: [],
      engineUrl: 'not an address',
      details: { wanted: 'mine', seconds: 31 },
    })
    expect(details).toMatchObject({ host: 'not an address', wanted: 'mine', seconds: 31 })
  })
})
