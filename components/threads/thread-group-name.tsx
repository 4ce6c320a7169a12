import { useLocale, useTranslations } from 'next-intl'
import type { ThreadGroup } from '@/lib/client/group-threads'

const NAMED = ['pinned', 'today', 'yesterday', 'week', 'month'] as const

/** The name of a group: of the days that have one, else the month. */
export function ThreadGroupName({
  group: { name, atMs },
  timeZone,
}: {
  group: Pick<ThreadGroup, 'name' | 'atMs'>
  timeZone?: string | undefined
}) {
  const t = useTranslations('threads.groups')
  const locale = useLocale()
  const named = NAMED.find((one) => one === name)
  if (named !== undefined) return t(named)
  const zone = timeZone === undefined ? {} : { timeZone }
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', ...zone }).format(atMs)
}
