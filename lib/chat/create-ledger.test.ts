import { beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import type { UpstreamCall } from '@/lib/domain/reply-trace'
import { createLedger, type Ledger } from './create-ledger'

const log = { warned: 0 }
const warn = () => {
  log.warned += 1
}
let nowMs: number
let written: UpstreamCall[][]
let prunes: number
let isFull: boolean
let timers: (() => void)[]
let ledger: Ledger

beforeEach(() => {
  nowMs = 100_000
  written = []
  prunes = 0
  isFull = false
  timers = []
  log.warned = 0
  let ids = 0
  ledger = createLedger({
    store: {
      async appendCalls(calls) {
        if (isFull) throw new AppError('storage_failed')
        written.push([...calls])
      },
      async pruneCalls() {
        prunes += 1
        return 0
      },
      listCalls: async ({ limit }) =>
        written
          .flat()
          .toSorted((a, b) => b.startedAtMs - a.startedAtMs)
          .slice(0, limit),
    },
    logger: { info: () => undefined, error: () => undefined, warn },
    wallNow: () => nowMs,
    createId: () => `call-${++ids}`,
    later: (callback) => {
      timers.push(callback)
      return () => {
        timers = timers.filter((timer) => timer !== callback)
      }
    },
  })
})

const call = (startedAtMs: number): Omit<UpstreamCall, 'id'> => ({
  kind: 'generation',
  cause: 'turn',
  startedAtMs,
  durationMs: 5,
  outcome: 'ok',
})

describe('createLedger', () => {
  it('writes nothing on the way, and all that came together at once', async () => {
    ledger.enter(call(1))
    ledger.enter(call(2))
    expect([written, timers]).toEqual([[], [expect.any(Function)]])
    timers[0]?.()
    await ledger.list({ limit: 9 })
    expect(written.map((calls) => calls.map(({ id }) => id))).toEqual([['call-1', 'call-2']])
  })

  it('shows what is not written yet', async () => {
    ledger.enter(call(1))
    expect(await ledger.list({ limit: 9 })).toMatchObject([{ id: 'call-1' }])
  })

  it('adds looks up to one line a minute, at their place among the others', async () => {
    ledger.enter(call(nowMs - 5000))
    for (let look = 0; look < 30; look += 1) ledger.enterLook({ durationMs: 2, isOk: look !== 7 })
    ledger.enter(call(nowMs + 5000))
    const looks = { kind: 'probe', cause: 'watch', count: 30, durationMs: 60, outcome: 'failed' }
    const shown = await ledger.list({ limit: 9 })
    expect(shown).toMatchObject([{ kind: 'generation' }, looks, { kind: 'generation' }])
    expect(await ledger.list({ limit: 1 })).toHaveLength(1)
    nowMs += 60_000
    ledger.enterLook({ durationMs: 2, isOk: true })
    await ledger.close()
    expect(written.flat().filter(({ kind }) => kind === 'probe')).toMatchObject([
      looks,
      { count: 1, outcome: 'ok' },
    ])
  })

  it('prunes at the start and after every thousand calls', async () => {
    for (let n = 0; n < 2500; n += 1) {
      ledger.enter(call(n))
      if (n % 100 === 99) await ledger.list({ limit: 1 })
    }
    expect(prunes).toBe(3)
  })

  it('says once what could not be entered, goes on, and never rejects for it', async () => {
    isFull = true
    ledger.enter(call(1))
    expect(await ledger.list({ limit: 9 })).toEqual([])
    expect(log.warned).toBe(1)
    isFull = false
    ledger.enter(call(2))
    expect(await ledger.list({ limit: 9 })).toMatchObject([{ startedAtMs: 2 }])
  })
})
