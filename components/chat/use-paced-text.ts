'use client'

import { useEffect, useLayoutEffect, useReducer, useRef } from 'react'

/** Drawing may take this share of the time: one part of it, then this many parts for everything else. */
const REST = 3
const CHEAP_MS = 12

/**
 * The text to draw now: the newest one, or, where the last drawing took long, the one before for a
 * while. What is shown is late by a few drawings at most, and the page stays free for its reader.
 */
export function usePacedText({ text, isLive }: { text: string; isLive: boolean }): string {
  const [, drawAgain] = useReducer((count: number) => count + 1, 0)
  const shown = useRef({ text, startedMs: 0, dueMs: 0 })
  const nowMs = performance.now()
  const isDue = !isLive || nowMs >= shown.current.dueMs
  if (isDue && shown.current.text !== text) {
    shown.current = { text, startedMs: nowMs, dueMs: shown.current.dueMs }
  }

  useLayoutEffect(() => {
    const { startedMs } = shown.current
    if (startedMs === 0) return
    const endedMs = performance.now()
    const costMs = endedMs - startedMs
    shown.current.startedMs = 0
    shown.current.dueMs = costMs < CHEAP_MS ? 0 : endedMs + costMs * REST
  })

  useEffect(() => {
    if (shown.current.text === text) return
    const timer = setTimeout(drawAgain, shown.current.dueMs - performance.now())
    return () => clearTimeout(timer)
  })
  return shown.current.text
}
