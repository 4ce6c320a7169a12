import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { groupThreads } from './group-threads'

const thread = (updatedAt: string | number, more: Partial<ThreadSummary> = {}): ThreadSummary => ({
  id: String(updatedAt),
  title: String(updatedAt),
  createdAtMs: 0,
  updatedAtMs: typeof updatedAt === 'number' ? updatedAt : Date.parse(updatedAt),
  isPinned: false,
  isArchived: false,
  isRunning: false,
  ...more,
})

function namesOf(times: string[], { now, timeZone }: { now: string; timeZone: string }) {
  const threads = times.map((time) => thread(time))
  const groups = groupThreads({ threads, nowMs: Date.parse(now), timeZone })
  return groups.map(({ name, threads }) => [name, threads.map(({ id }) => id)])
}

describe('groupThreads', () => {
  it('names days by the calendar of the time zone', () => {
    const times = ['2026-11-24T23:30:00Z', '2026-11-24T22:30:00Z', '2026-11-24T16:30:00Z']
    const now = '2026-11-25T01:00:00Z'
    expect(namesOf(times, { now, timeZone: 'UTC' })).toEqual([['yesterday', times]])
    expect(namesOf(times, { now, timeZone: 'Europe/Berlin' })).toEqual([
      ['today', times.slice(0, 1)],
      ['yesterday', times.slice(1)],
    ])
    expect(namesOf(times, { now, timeZone: 'Asia/Shanghai' })).toEqual([['today', times]])
  })

  it('ends a week after seven days, a month after thirty, and then goes by months', () => {
    const times = [
      '2026-11-23T12:00:00Z',
      '2026-11-18T00:00:00Z',
      '2026-11-17T23:59:59Z',
      '2026-10-26T00:00:00Z',
      '2026-10-25T23:59:59Z',
      '2026-10-01T00:00:00Z',
      '2025-10-01T00:00:00Z',
    ]
    expect(namesOf(times, { now: '2026-11-25T12:00:00Z', timeZone: 'UTC' })).toEqual([
      ['week', times.slice(0, 2)],
      ['month', times.slice(2, 4)],
      ['2026-10', times.slice(4, 6)],
      ['2025-10', times.slice(6)],
    ])
  })

  it('counts a day of 25 hours as one', () => {
    const times = ['2026-10-24T22:30:00Z']
    const zone = { now: '2026-10-25T22:30:00Z', timeZone: 'Europe/Berlin' }
    expect(namesOf(times, zone)).toEqual([['today', times]])
  })

  it('puts pinned ones together, whatever their day, and times to come under today', () => {
    const threads = [
      thread('2024-01-01T00:00:00Z', { isPinned: true }),
      thread('2026-11-25T00:00:00Z', { isPinned: true }),
      thread('2026-11-26T00:00:00Z'),
    ]
    const groups = groupThreads({
      threads,
      nowMs: Date.parse('2026-11-25T12:00:00Z'),
      timeZone: 'UTC',
    })
    expect(groups.map(({ name, threads: inside }) => [name, inside.length])).toEqual([
      ['pinned', 2],
      ['today', 1],
    ])
  })

  it('loses no thread, doubles none, and keeps their order', () => {
    const timeZone = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia')
    const nowMs = Date.parse('2026-11-25T12:00:00Z')
    const ages = fc.array(fc.integer({ min: 0, max: 1_000 * 86_400_000 }), { maxLength: 60 })
    fc.assert(
      fc.property(ages, timeZone, (offsets, zone) => {
        const threads = offsets
          .sort((a, b) => a - b)
          .map((offset, at) => thread(nowMs - offset, { id: String(at) }))
        const groups = groupThreads({ threads, nowMs, timeZone: zone })
        expect(groups.flatMap((group) => group.threads)).toEqual(threads)
        expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length)
      }),
    )
  })
})
