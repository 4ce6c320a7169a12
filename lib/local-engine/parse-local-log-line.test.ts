import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatStageLine, type Stage } from '@/local-engine/stage-log.ts'
import { LOCAL_STAGES, parseLocalLogLine } from './parse-local-log-line'

describe('a line of a stage', () => {
  const cases: [string, ReturnType<typeof parseLocalLogLine>][] = [
    [
      '[local-engine] stage=fetching done_mb=12 total_mb=94',
      { stage: 'fetching', percent: 12, facts: { done_mb: 12, total_mb: 94 } },
    ],
    [
      '2026-11-24T23:42:15.853Z [local-engine] stage=loading percent=41',
      { stage: 'loading', percent: 41, facts: { percent: 41 } },
    ],
    [
      '[local-engine] stage=installing done_mb=14 elapsed_s=3',
      { stage: 'installing', facts: { done_mb: 14, elapsed_s: 3 } },
    ],
    [
      '[local-engine] stage=ready model=SmolLM2-135M-Instruct port=18123 max_model_len=8192 load_s=1.23',
      {
        stage: 'ready',
        facts: { model: 'SmolLM2-135M-Instruct', port: 18123, max_model_len: 8192, load_s: 1.23 },
      },
    ],
  ]
  it.each(cases)('is read with its facts: %s', (line, parsed) => {
    expect(parseLocalLogLine(line)).toEqual(parsed)
  })

  it('never tells more than 100 %', () => {
    const line = '[local-engine] stage=fetching done_mb=95 total_mb=94'
    expect(parseLocalLogLine(line)?.percent).toBe(100)
  })
})

it('reads why it failed, and whether it may work later', () => {
  const line =
    '[local-engine] stage=failed code=not-enough-memory retry=later model="my model.gguf" needed_mb=8300 free_mb=4000'
  expect(parseLocalLogLine(line)).toEqual({
    stage: 'failed',
    facts: { model: 'my model.gguf', needed_mb: 8300, free_mb: 4000 },
    failure: {
      code: 'not-enough-memory',
      isRetryable: true,
      facts: { model: 'my model.gguf', needed_mb: 8300, free_mb: 4000 },
    },
  })
})

it.each(['', 'stage=ready', '[local-engine] a remark', '[local-engine] stage=unheard-of', 'ready'])(
  'says nothing of another line: %s',
  (line) => {
    expect(parseLocalLogLine(line)).toBeUndefined()
  },
)

it('reads back whatever the engine writes', () => {
  const stages = fc.constantFrom<Stage>(...LOCAL_STAGES.filter((stage) => stage !== 'failed'))
  const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/).filter((name) => name !== 'stage')
  const value = fc.oneof(
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !/^-?\d+(\.\d+)?$/.test(text)),
  )
  fc.assert(
    fc.property(stages, fc.dictionary(key, value, { noNullPrototype: true }), (stage, facts) => {
      const line = formatStageLine({ stage, facts })
      expect(line).not.toContain('\n')
      expect(parseLocalLogLine(line)).toMatchObject({ stage, facts })
    }),
  )
})

it('never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseLocalLogLine(`[local-engine] stage=loading ${text}`)
      parseLocalLogLine(text)
    }),
  )
})
