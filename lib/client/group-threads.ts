import type { ThreadSummary } from '@/lib/domain/thread-summary'

/** `2026-10`: a month that lies further back. */
type Month = `${number}-${string}`

export type ThreadGroupName = 'pinned' | 'today' | 'yesterday' | 'week' | 'month' | Month

export type ThreadGroup = {
  name: ThreadGroupName
  /** When its newest thread changed last; a month is named after it. */
  atMs: number
  threads: ThreadSummary[]
}

const DAY_MS = 86_400_000
const WEEK_DAYS = 7
const MONTH_DAYS = 30

/**
 * Threads under the day of their last change, by the calendar of one time zone, in the order in which
 * they come. `timeZone`: an IANA name; undefined is the machine's own.
 */
export function groupThreads({
  threads,
  nowMs,
  timeZone,
}: {
  threads: readonly ThreadSummary[]
  nowMs: number
  timeZone?: string | undefined
}): ThreadGroup[] {
  const toDay = createDayReader(timeZone)
  const today = toDay(nowMs)
  const groups = new Map<ThreadGroupName, ThreadGroup>()
  for (const thread of threads) {
    const name = thread.isPinned ? 'pinned' : toName({ day: toDay(thread.updatedAtMs), today })
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { name, atMs: thread.updatedAtMs, threads: [thread] })
    else group.threads.push(thread)
  }
  return [...groups.values()]
}

type Day = { number: number; month: Month }

function toName({ day, today }: { day: Day; today: Day }): ThreadGroupName {
  const daysAgo = today.number - day.number
  // The clock of the server may be ahead.
  if (daysAgo <= 0) return 'today'
  if (daysAgo === 1) return 'yesterday'
  if (daysAgo <= WEEK_DAYS) return 'week'
  return daysAgo <= MONTH_DAYS ? 'month' : day.month
}

/** Calendar days, not spans of 24 hours: a day may have 23 or 25. */
function createDayReader(timeZone: string | undefined): (atMs: number) => Day {
  const format = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  return (atMs) => {
    const parts = format.formatToParts(atMs)
    const find = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
    const [year, month, day] = [Number(find('year')), find('month'), Number(find('day'))]
    return { number: Date.UTC(year, Number(month) - 1, day) / DAY_MS, month: `${year}-${month}` }
  }
}
