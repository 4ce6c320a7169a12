'use client'

import { useLocale } from 'next-intl'
import { formatCount } from '@/lib/timing/format-count'
import { formatDuration } from '@/lib/timing/format-duration'

export type Values = {
  duration: (ms: number) => string
  count: (count: number) => string
  /** 0–1 as percent. */
  share: (share: number) => string
}

/** Measurements in the reader's own figures. */
export function useValues(): Values {
  const locale = useLocale()
  return {
    duration: (ms) => formatDuration({ ms, locale }),
    count: (count) => formatCount({ count, locale }),
    share: (share) =>
      `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(share * 100)} %`,
  }
}
