import { describe, expect, it } from 'vitest'
import { createScheduler } from './scheduler.ts'

const { signal } = new AbortController()

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

function setUp(slots: number) {
  const admitted: string[] = []
  const state = { slots, isOpen: true }
  const scheduler = createScheduler({ slots: () => state.slots, isOpen: () => state.isOpen })
  const ask = (name: string, options: { queueMs?: number; signal?: AbortSignal } = {}) =>
    scheduler
      .acquire({ queueMs: options.queueMs ?? 0, signal: options.signal ?? signal })
      .then(() => void admitted.push(name))
  return { scheduler, admitted, state, ask }
}

describe('the scheduler', () => {
  it('admits as many as there are slots, the rest in the order of arrival', async () => {
    const { scheduler, admitted, ask } = setUp(2)
    for (const name of ['a', 'b', 'c', 'd']) void ask(name)
    await settle()
    expect(admitted).toEqual(['a', 'b'])
    expect([scheduler.running(), scheduler.waiting()]).toEqual([2, 2])
    scheduler.release()
    await settle()
    expect(admitted).toEqual(['a', 'b', 'c'])
    scheduler.release()
    await settle()
    expect(admitted).toEqual(['a', 'b', 'c', 'd'])
  })

  it('lets those behind a request pass while it has to queue', async () => {
    const { admitted, ask } = setUp(1)
    const slow = ask('slow', { queueMs: 30 })
    await ask('quick')
    expect(admitted).toEqual(['quick'])
    expect(await Promise.race([slow, settle().then(() => 'waiting')])).toBe('waiting')
  })

  it('takes a request out of the queue when it is aborted', async () => {
    const { scheduler, admitted, ask } = setUp(1)
    const controller = new AbortController()
    await ask('a')
    const leaving = ask('b', { signal: controller.signal })
    void ask('c')
    controller.abort(new Error('left'))
    await expect(leaving).rejects.toThrow('left')
    scheduler.release()
    await settle()
    expect(admitted).toEqual(['a', 'c'])
    expect(scheduler.waiting()).toBe(0)
  })

  it('admits nobody while it is shut', async () => {
    const { scheduler, admitted, state, ask } = setUp(1)
    state.isOpen = false
    void ask('a')
    await settle()
    expect(admitted).toEqual([])
    state.isOpen = true
    scheduler.update()
    await settle()
    expect(admitted).toEqual(['a'])
  })
})
