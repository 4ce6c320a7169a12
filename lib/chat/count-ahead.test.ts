import { describe, expect, it } from 'vitest'
import type { SeenLoad } from '@/lib/readiness/readiness-monitor'
import { countAhead, type OwnRequest } from './count-ahead'

const load = (runningRequests: number, waitingRequests = 0): SeenLoad => ({
  runningRequests,
  waitingRequests,
  askedAtMs: 1000,
  seenAtMs: 1010,
})

describe('countAhead', () => {
  it.each<[string, SeenLoad, OwnRequest[], number]>([
    ['nothing anywhere', load(0), [], 0],
    ['others only', load(2, 3), [], 5],
    ['our own, counted at the look and over since', load(1), [{ sentMs: 500, closedMs: 1500 }], 0],
    ['our own, counted at the look and still there', load(1), [{ sentMs: 500 }], 1],
    ['our own, sent since the look', load(0), [{ sentMs: 1200 }], 1],
    ['our own, sent and over since the look', load(0), [{ sentMs: 1200, closedMs: 1300 }], 0],
    ['our own, over before the look', load(2), [{ sentMs: 100, closedMs: 900 }], 2],
    ['our own, sent during the look and counted', load(1), [{ sentMs: 1005, closedMs: 1500 }], 0],
    ['our own, sent during the look and not counted', load(0), [{ sentMs: 1005 }], 1],
    ['our own, over during the look and counted', load(1), [{ sentMs: 1, closedMs: 1005 }], 0],
    ['our own, over during the look, not counted', load(0), [{ sentMs: 1, closedMs: 1005 }], 0],
    ['our own, saved but not sent', load(3), [{}], 3],
    [
      'others and ours of every kind',
      load(4, 2),
      [{ sentMs: 1 }, { sentMs: 2, closedMs: 1400 }, { sentMs: 1300 }, { sentMs: 3, closedMs: 4 }],
      6,
    ],
    ['a look that missed ours', load(0), [{ sentMs: 1, closedMs: 1400 }, { sentMs: 2 }], 1],
  ])('%s', (_, seen, own, expected) => {
    expect(countAhead({ load: seen, own })).toBe(expected)
  })
})
