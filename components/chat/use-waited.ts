'use client'

import { useEffect, useState } from 'react'
import { formatElapsed } from '@/lib/timing/format-elapsed'

const TICK_MS = 100
const SHOWN_FROM_MS = 300
const TENTHS_UNTIL_MS = 10_000

/** The time since `startedAtMs` of the page's monotonic clock as text; undefined for the first 300 ms. */
export function useWaited({
  startedAtMs,
  locale,
}: {
  startedAtMs: number | undefined
  locale: string
}): string | undefined {
  const [text, setText] = useState<string>()
  useEffect(() => {
    if (startedAtMs === undefined) return setText(undefined)
    const tick = () => setText(formatWaited({ waitedMs: performance.now() - startedAtMs, locale }))
    tick()
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [startedAtMs, locale])
  return text
}

export function formatWaited({
  waitedMs,
  locale,
}: {
  waitedMs: number
  locale: string
}): string | undefined {
  if (waitedMs < SHOWN_FROM_MS) return undefined
  if (waitedMs >= TENTHS_UNTIL_MS) return formatElapsed(waitedMs)
  const tenths = Math.floor(waitedMs / 100) / 10
  return `${tenths.toLocaleString(locale, { minimumFractionDigits: 1 })} s`
}
