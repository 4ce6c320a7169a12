'use client'

import { type RefObject, useEffect, useState } from 'react'

/** The width of an element in whole px, followed; the given one until it stands on a page. */
export function useWidth({
  element,
  initial,
}: {
  element: RefObject<HTMLElement | null>
  initial: number
}): number {
  const [width, setWidth] = useState(initial)
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) => {
      const next = Math.floor(entry?.contentRect.width ?? 0)
      if (next > 0) setWidth(next)
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}
