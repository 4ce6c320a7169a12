import { describe, expect, it } from 'vitest'
import { createSilenceWatch } from './create-silence-watch'
import type { EngineMetrics } from './read-metrics'

/** A watch on a clock that is moved by hand; 30 s of silence, 120 s to the first token. */
function watchWith(look?: () => Promise<EngineMetrics | undefined>) {
  let nowMs = 0
  let timers: { atMs: number; callback: () => void }[] = []
  const ends: string[] = []
  let looks = 0
  const watch = createSilenceWatch({
    now: () => nowMs,
    stallMs: 30_000,
    ...(look === undefined
      ? {}
      : {
          look: () => {
            looks += 1
            return look()
          },
        }),
    onSilent: (silentMs) => ends.push(`silent for ${silentMs / 1000} s at ${nowMs / 1000} s`),
    onSettled: () => ends.push(`settled at ${nowMs / 1000} s`),
    schedule: (callback, ms) => {
      const timer = { atMs: nowMs + ms, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
  })
  return {
    watch,
    ends,
    looks: () => looks,
    timers: () => timers.length,
    async runTo(seconds: number) {
      for (;;) {
        const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0]
        if (next === undefined || next.atMs > seconds * 1000) break
        nowMs = next.atMs
        timers = timers.filter((timer) => timer !== next)
        next.callback()
        await new Promise(setImmediate)
      }
      nowMs = seconds * 1000
    },
    token() {
      watch.content(nowMs)
    },
  }
}

describe('createSilenceWatch before the first token', () => {
  it('waits 120 s where there are no metrics', async () => {
    const { watch, ends, runTo } = watchWith(async () => undefined)
    watch.start()
    await runTo(119)
    expect(ends).toEqual([])
    await runTo(500)
    expect(ends).toEqual(['silent for 120 s at 120 s'])
  })

  it('waits 120 s where the metrics cannot be read, or nobody gave any', async () => {
    const failing = watchWith(() => Promise.reject(new Error('refused')))
    const without = watchWith()
    for (const { watch, runTo } of [failing, without]) {
      watch.start()
      await runTo(500)
    }
    expect([failing.ends, without.ends].flat()).toEqual(Array(2).fill('silent for 120 s at 120 s'))
  })

  it('has no limit while a request waits in the queue', async () => {
    const { watch, ends, runTo } = watchWith(async () => ({ waitingRequests: 1 }))
    watch.start()
    await runTo(3600)
    expect(ends).toEqual([])
  })

  it.each([
    'generationTokens',
    'promptTokens',
    'iterationTokens',
    'kvCacheUsage',
    'runningRequests',
  ] as const)('has no limit while %s moves, and 120 s from when it stops', async (name) => {
    let value = 0
    let step = 0.001
    const { watch, ends, runTo } = watchWith(async () => {
      value += step
      return { waitingRequests: 0, runningRequests: 1, generationTokens: 5, [name]: value }
    })
    watch.start()
    await runTo(600)
    expect(ends).toEqual([])
    step = 0
    await runTo(1200)
    expect(ends).toEqual(['silent for 120 s at 720 s'])
  })

  it('calls an engine stalled after 120 s when nothing waits and nothing moves', async () => {
    const flat = { waitingRequests: 0, runningRequests: 1, generationTokens: 5 }
    const { watch, ends, runTo } = watchWith(async () => flat)
    watch.start()
    await runTo(119)
    expect(ends).toEqual([])
    await runTo(500)
    expect(ends).toEqual(['silent for 120 s at 120 s'])
  })

  it('does not look at all when the first token comes soon', async () => {
    const { watch, looks, runTo, token, ends } = watchWith(async () => ({}))
    watch.start()
    await runTo(14)
    token()
    for (let second = 15; second < 300; second += 1) {
      await runTo(second)
      token()
    }
    expect([looks(), ends]).toEqual([0, []])
  })

  it('takes no notice of a look that answers after the first token', async () => {
    let answer = (_: EngineMetrics | undefined) => {}
    const looked = new Promise<EngineMetrics | undefined>((resolve) => {
      answer = resolve
    })
    const { watch, ends, runTo, token, timers } = watchWith(() => looked)
    watch.start()
    await runTo(16)
    token()
    answer(undefined)
    await runTo(40)
    expect([ends, timers()]).toEqual([[], 1])
  })
})

describe('createSilenceWatch after the first token', () => {
  it('counts 30 s from the last token, whatever the metrics say', async () => {
    const { watch, ends, runTo, token, looks } = watchWith(async () => ({ waitingRequests: 9 }))
    watch.start()
    await runTo(1)
    token()
    await runTo(20)
    token()
    await runTo(49)
    expect(ends).toEqual([])
    await runTo(200)
    expect([ends, looks()]).toEqual([['silent for 30 s at 50 s'], 0])
  })

  it('does not count the time in which nobody reads', async () => {
    const { watch, ends, runTo, token } = watchWith()
    watch.start()
    token()
    await runTo(10)
    watch.pause()
    await runTo(300)
    watch.resume()
    await runTo(319)
    expect(ends).toEqual([])
    await runTo(400)
    expect(ends).toEqual(['silent for 30 s at 320 s'])
  })

  it('waits only 5 s for what follows the last token', async () => {
    const { watch, ends, runTo, token } = watchWith()
    watch.start()
    token()
    await runTo(7)
    watch.finished()
    await runTo(100)
    expect(ends).toEqual(['settled at 12 s'])
  })

  it('says nothing and holds no timer once it was stopped', async () => {
    const { watch, ends, runTo, timers } = watchWith()
    watch.start()
    watch.stop()
    watch.finished()
    await runTo(1000)
    expect([ends, timers()]).toEqual([[], 0])
  })
})
