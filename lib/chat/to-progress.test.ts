import { expect, it } from 'vitest'
import { toProgress } from './to-progress'

it.each([
  ['the one that waits is ours', 4, 1, 0, { stage: 'queued', aheadRequests: 4 }],
  ['two wait before ours', 4, 3, 0, { stage: 'queued', aheadRequests: 6 }],
  ['only younger ones wait', 4, 2, 2, { stage: 'prefill' }],
  ['ours and two younger ones wait', 4, 3, 2, { stage: 'queued', aheadRequests: 4 }],
])('%s', (_, runningRequests, waitingRequests, youngerRequests, progress) => {
  expect(toProgress({ load: { runningRequests, waitingRequests }, youngerRequests })).toEqual(
    progress,
  )
})
