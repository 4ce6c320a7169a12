import { describe, expect, it } from 'vitest'
import { setUpRun } from './__fixtures__/run-setup'
import { createStartGate } from './create-start-gate'

const indexes = (results: readonly { index: number }[]) =>
  results.map(({ index }) => index).sort((a, b) => a - b)

describe('the gate', () => {
  it('starts nothing while it is paused, and lets what is in flight end', async () => {
    const gate = createStartGate()
    const { run, until, finish, results, requests } = setUpRun({
      rows: 3,
      plan: { concurrency: 1 },
      script: () => ['hold'],
      more: { gate },
    })
    const ended = run()
    await until(1)
    gate.hold('paused')
    await finish('q0')
    await expect.poll(() => results.length).toBe(1)
    expect(requests).toHaveLength(1)
    gate.release('paused')
    await finish('q1')
    await finish('q2')
    expect(await ended).toEqual({ kind: 'complete' })
    expect(requests).toHaveLength(3)
  })

  it('takes rows without a first token back for a chat that waits, and asks them first afterwards', async () => {
    const gate = createStartGate()
    const { run, until, held, finish, results, requests, inFlight } = setUpRun({
      rows: 4,
      plan: { concurrency: 3 },
      script: (question) => (question === 'q3' ? ['answer'] : ['hold', 'hold']),
      more: { gate },
    })
    const ended = run()
    await until(3)
    await expect.poll(() => held.size).toBe(3)
    held.get('q1')?.start()
    await expect.poll(() => requests.length).toBe(3)
    await new Promise((resolve) => setTimeout(resolve, 5))
    gate.hold('chat-waits')
    await expect.poll(inFlight).toBe(1)
    gate.release('chat-waits')
    await until(5)
    const questions = requests.map(({ messages }) => messages.at(-1)?.content)
    expect(questions.slice(3).sort()).toEqual(['q0', 'q2'])
    await expect.poll(() => inFlight()).toBe(3)
    for (const question of ['q0', 'q1', 'q2']) await finish(question)
    expect(await ended).toEqual({ kind: 'complete' })
    expect(results.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1])
    expect(indexes(results)).toEqual([0, 1, 2, 3])
  })
})
