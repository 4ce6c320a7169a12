'use client'

import { type RefObject, useEffect, useState } from 'react'

/** So much more than what is in sight is made, and the span moves in such steps. */
const MARGIN_PX = 720

export type Span = { topPx: number; bottomPx: number }

/** Which stretch of what scrolls is in sight, and some around it. */
export function useVisibleSpan(scroller: RefObject<HTMLElement | null>): Span {
  const [span, setSpan] = useState<Span>({ topPx: 0, bottomPx: 2 * MARGIN_PX })
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const look = () => setSpan((before) => toSpan(element, before))
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [scroller])
  return span
}

function toSpan({ scrollTop, clientHeight }: HTMLElement, before: Span): Span {
  const step = Math.floor(scrollTop / MARGIN_PX) * MARGIN_PX
  const topPx = step - MARGIN_PX
  const bottomPx = step + Math.ceil(clientHeight / MARGIN_PX) * MARGIN_PX + 2 * MARGIN_PX
  return topPx === before.topPx && bottomPx === before.bottomPx ? before : { topPx, bottomPx }
}
