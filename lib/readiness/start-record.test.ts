import { describe, expect, it } from 'vitest'
import { START_STAGES, type StartStage } from '@/lib/domain/readiness'
import { CPU_EAGER, stateAfter } from './__fixtures__/replay-log'
import { formatStartRecord, parseStartRecord } from './start-record'

describe('a start record', () => {
  it('comes back as it was saved', () => {
    const record = stateAfter(CPU_EAGER).record
    expect(record && parseStartRecord(formatStartRecord(record))).toEqual(record)
    expect(
      Object.keys(record?.stages ?? {}).every((stage) =>
        START_STAGES.includes(stage as StartStage),
      ),
    ).toBe(true)
  })

  it.each([undefined, '', 'x', 'null', '{}', '{"totalMs":0}', '{"totalMs":"9"}', '[1]'])(
    'is nothing for %s',
    (text) => expect(parseStartRecord(text)).toBeUndefined(),
  )

  it('leaves out times that are none', () => {
    expect(parseStartRecord('{"totalMs":9,"stages":{"weights":-1,"graphs":4,"x":1}}')).toEqual({
      totalMs: 9,
      stages: { graphs: 4 },
    })
  })
})
