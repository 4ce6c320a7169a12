import { describe, expect, it } from 'vitest'
import { DEFAULT_BATCH_PLAN } from '@/lib/domain/batch'
import { FIRST_PLAN_TEXTS, parsePlanTexts } from './parse-plan-texts'

describe('parsePlanTexts', () => {
  it('is the default plan to begin with', () => {
    expect(parsePlanTexts(FIRST_PLAN_TEXTS)).toEqual({
      plan: DEFAULT_BATCH_PLAN,
      compareRows: 10,
      problems: new Set(),
    })
  })

  it.each([
    [{ concurrency: '256' }, { concurrency: 256 }],
    [
      { isAdaptive: true, spacing: '50' },
      { isAdaptive: true, spacingMs: 50 },
    ],
    [{ temperature: '0', maxTokens: '7' }, { sampling: { maxTokens: 7, temperature: 0 } }],
    [{ maxTokens: '' }, { sampling: {} }],
    [{ system: 'none' as const }, { systemPrompt: '' }],
    [{ system: 'own' as const, ownPrompt: 'Be brief.' }, { systemPrompt: 'Be brief.' }],
  ])('reads %j', (texts, expected) => {
    const { plan, problems } = parsePlanTexts({ ...FIRST_PLAN_TEXTS, ...texts })
    expect(plan).toEqual({ ...DEFAULT_BATCH_PLAN, ...expected })
    expect(problems.size).toBe(0)
  })

  it.each([
    [{ concurrency: '0' }, 'concurrency'],
    [{ concurrency: '257' }, 'concurrency'],
    [{ concurrency: '1e2' }, 'concurrency'],
    [{ spacing: '-1' }, 'spacing'],
    [{ maxTokens: '0' }, 'maxTokens'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ compareRows: '' }, 'compareRows'],
  ])('names the field that cannot be read: %j', (texts, name) => {
    expect([...parsePlanTexts({ ...FIRST_PLAN_TEXTS, ...texts }).problems]).toEqual([name])
  })
})
