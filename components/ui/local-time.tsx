'use client'

import { useLocale } from 'next-intl'
import { useSyncExternalStore } from 'react'

/** The server does not know the reader's time zone: it renders UTC, the browser its own. */
export function LocalTime({ atMs }: { atMs: number }) {
  const locale = useLocale()
  const isInBrowser = useIsInBrowser()
  return (
    <time dateTime={new Date(atMs).toISOString()} className="whitespace-nowrap">
      {formatTime({ atMs, locale, isInBrowser })}
    </time>
  )
}

/** Making a formatter costs more than the formatting of fifty rows. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatTime(options: { atMs: number; locale: string; isInBrowser: boolean }): string {
  const { atMs, locale, isInBrowser } = options
  const key = `${locale} ${isInBrowser}`
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(locale, {
      dateStyle: 'short',
      timeStyle: 'medium',
      hour12: false,
      ...(isInBrowser ? {} : { timeZone: 'UTC' }),
    })
  formats.set(key, format)
  return format.format(atMs)
}

export function useIsInBrowser(): boolean {
  return useSyncExternalStore(subscribeToNothing, isTrue, isFalse)
}

const subscribeToNothing = () => () => undefined
const isTrue = () => true
const isFalse = () => false
