import type { ShownPhase } from './readiness-store'

/** How a phase is drawn: `waiting` ends by itself, `fault` does not. */
export type PhaseTone = 'ready' | 'busy' | 'waiting' | 'fault'

export function toPhaseTone(phase: ShownPhase): PhaseTone {
  switch (phase) {
    case 'ready':
      return 'ready'
    case 'saturated':
      return 'busy'
    case 'checking':
    case 'loading':
    case 'warming':
      return 'waiting'
    default:
      return 'fault'
  }
}
