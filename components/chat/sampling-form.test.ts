import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStopList, type Sampling } from '@/lib/domain/sampling'
import { parseSamplingForm, type SamplingForm, toSamplingForm } from './sampling-form'

const EMPTY = toSamplingForm({})
const parse = (form: Partial<SamplingForm>) => parseSamplingForm({ ...EMPTY, ...form })

describe('the form of a thread’s sampling', () => {
  it('is empty for a thread that sets nothing, and sets nothing when it is empty', () => {
    expect(new Set(Object.values(EMPTY))).toEqual(new Set(['']))
    expect(parse({ temperature: '  ' })).toEqual({ sampling: {}, faults: [] })
  })

  it('gives back whatever it was filled with', () => {
    const stop = fc
      .array(fc.string({ unit: fc.constantFrom('a', '\n', '\\', 'n', '\t', '\r', ' ', '。') }), {
        minLength: 1,
        maxLength: 4,
      })
      .filter(isStopList)
    fc.assert(
      fc.property(
        fc.record<Sampling>(
          {
            temperature: fc.constantFrom(0, 0.7, 2),
            topK: fc.constantFrom(-1, 0, 20),
            presencePenalty: fc.constantFrom(-2, -0.5, 2),
            seed: fc.maxSafeInteger(),
            maxTokens: fc.constantFrom(1, 4096),
            stop,
          },
          { requiredKeys: [] },
        ),
        (sampling) => {
          expect(parseSamplingForm(toSamplingForm(sampling))).toEqual({ sampling, faults: [] })
        },
      ),
    )
  })

  it.each<[Partial<SamplingForm>, Sampling]>([
    [{ temperature: '0,7' }, { temperature: 0.7 }],
    [{ temperature: ' .5 ' }, { temperature: 0.5 }],
    [{ seed: '-1' }, { seed: -1 }],
    [{ stop: 'END\n\n\\n\\n' }, { stop: ['END', '\n\n'] }],
  ])('reads %j', (form, sampling) => {
    expect(parse(form)).toEqual({ sampling, faults: [] })
  })

  it.each<[Partial<SamplingForm>, (keyof Sampling)[]]>([
    [{ temperature: '2.1' }, ['temperature']],
    [{ temperature: 'hot' }, ['temperature']],
    [{ temperature: '1e0' }, ['temperature']],
    [{ topP: '0', minP: '-1' }, ['topP', 'minP']],
    [{ maxTokens: '1.5' }, ['maxTokens']],
    [{ seed: '9007199254740993' }, ['seed']],
    [{ stop: 'a\nb\nc\nd\ne' }, ['stop']],
  ])('finds what the engine would refuse in %j', (form, faults) => {
    expect(parse(form)).toEqual({ sampling: {}, faults })
  })
})
