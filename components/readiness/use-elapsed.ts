'use client'

import { useEffect, useState } from 'react'
import { useReadiness } from '@/components/providers/readiness-provider'
import type { ReadinessClocks } from '@/lib/client/readiness-store'
import { formatElapsed } from '@/lib/timing/format-elapsed'

const TICK_MS = 500

/** The running time of one of the store's clocks as text; `fallbackMs` is what the server rendered with. */
export function useElapsed({
  clock,
  fallbackMs,
}: {
  clock: keyof ReadinessClocks
  fallbackMs: number
}): string {
  const startedAtMs = useReadiness(({ clocks }) => clocks[clock])
  const now = useReadiness((state) => state.now)
  const [text, setText] = useState<string>()

  useEffect(() => {
    if (startedAtMs === undefined) return setText(undefined)
    const tick = () => setText(formatElapsed(now() - startedAtMs))
    tick()
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [startedAtMs, now])

  return text ?? formatElapsed(fallbackMs)
}
