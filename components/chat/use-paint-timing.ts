'use client'

import { useEffect } from 'react'

/** Calls back with the moment at which the first text is on the screen; a hidden page paints nothing. */
export function usePaintTiming({
  hasText,
  onPainted,
}: {
  hasText: boolean
  onPainted: (paintedAtMs: number) => void
}): void {
  useEffect(() => {
    if (!hasText || document.visibilityState === 'hidden') return
    const frame = requestAnimationFrame(() => onPainted(performance.now()))
    return () => cancelAnimationFrame(frame)
  }, [hasText, onPainted])
}
