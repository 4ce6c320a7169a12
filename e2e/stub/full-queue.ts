import type { ScenarioPatch } from './scenario.ts'

/** What an engine answers that takes no more requests for now. */
export const FULL_QUEUE = {
  error: {
    when: 'first',
    afterTokens: 0,
    status: 503,
    shape: 'nested',
    headers: { 'retry-after': '7' },
  },
} as const satisfies ScenarioPatch
