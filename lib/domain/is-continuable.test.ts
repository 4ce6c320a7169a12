import { describe, expect, it } from 'vitest'
import { isContinuable, MAX_REPLY_LENGTH } from './is-continuable'
import type { Reply } from './message'

type Case = Pick<Reply, 'text' | 'reasoning' | 'status' | 'finishReason'>

const cut: Case = { text: 'half an', reasoning: '', status: 'interrupted' }

describe('isContinuable', () => {
  it.each<[string, Partial<Case>, boolean]>([
    ['interrupted', {}, true],
    ['stopped', { status: 'stopped' }, true],
    ['failed with text', { status: 'failed' }, true],
    ['ended by a limit', { status: 'complete', finishReason: 'length' }, true],
    ['complete', { status: 'complete', finishReason: 'stop' }, false],
    ['complete for a reason that was not told', { status: 'complete' }, false],
    ['being written', { status: 'streaming' }, false],
    ['cut before its first word', { text: '' }, false],
    ['cut in its reasoning', { text: '', reasoning: 'so' }, false],
    ['as long as a reply may be', { text: 'x'.repeat(MAX_REPLY_LENGTH) }, false],
    ['as long with its reasoning', { reasoning: 'x'.repeat(MAX_REPLY_LENGTH - 7) }, false],
    ['one character shorter', { reasoning: 'x'.repeat(MAX_REPLY_LENGTH - 8) }, true],
  ])('a reply that is %s', (_, change, expected) => {
    expect(isContinuable({ ...cut, ...change })).toBe(expected)
  })
})
