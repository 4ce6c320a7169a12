import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStreamReader, type Protocol } from './stream-reader.ts'

const toEvent = (value: unknown, id?: number) =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(value)}\n\n`
const toEngineDelta = (content: string) => toEvent({ choices: [{ delta: { content } }] })
const toAppDelta = (delta: string, id: number) => toEvent({ type: 'text-delta', delta }, id)

function readAll(protocol: Protocol, text: string) {
  const reader = createStreamReader(protocol)
  reader.push(Buffer.from(text), 7)
  return reader
}

describe('createStreamReader', () => {
  it('reads the engine: its text, and how long each stamped token was on its way', () => {
    const reader = createStreamReader('engine')
    reader.push(
      Buffer.from(toEvent({ choices: [{ delta: { role: 'assistant', content: '' } }] })),
      1,
    )
    expect(reader.firstTokenAtMs()).toBeUndefined()
    reader.push(Buffer.from(toEngineDelta('1000 ')), 3)
    reader.push(
      Buffer.from(`${toEngineDelta('2000 ')}${toEvent({ choices: [] })}data: [DONE]\n\n`),
      9,
    )
    expect(reader.delaysMs()).toEqual([2, 7])
    expect(reader.text()).toBe('1000 2000 ')
    expect([reader.firstTokenAtMs(), reader.lastTokenAtMs(), reader.isDone()]).toEqual([3, 9, true])
  })

  it('reads the app: text, position and how the reply ended', () => {
    const end = toEvent({ type: 'finish', messageMetadata: { status: 'complete' } }, 6)
    const reader = readAll(
      'app',
      `: keep-alive\n\n${toAppDelta('Hé', 2)}${toAppDelta('llo.', 6)}${end}`,
    )
    expect([reader.text(), reader.position(), reader.status()]).toEqual(['Héllo.', 6, 'complete'])
    expect(reader.isDone()).toBe(false)
  })

  it('gives the same wherever the bytes are cut', () => {
    const text = `${toAppDelta('1 ', 2)}${toAppDelta('2 3', 5)}${toAppDelta(' é', 7)}data: [DONE]\n\n`
    const bytes = Buffer.from(text)
    const whole = readAll('app', text)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const reader = createStreamReader('app')
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        for (let index = 1; index < at.length; index += 1) {
          reader.push(bytes.subarray(at[index - 1], at[index]), 7)
        }
        expect([reader.text(), reader.delaysMs(), reader.isDone()]).toEqual([
          whole.text(),
          whole.delaysMs(),
          true,
        ])
      }),
    )
  })
})
