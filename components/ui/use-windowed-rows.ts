'use client'

import { type RefObject, useEffect, useState } from 'react'

/** Every row is as high, so that the place of each is known without it. */
export const ROW_PX = 33
const OVERSCAN = 20
/** The window moves in such steps: not every pixel of a scroll makes rows. */
const STEP = 10
const FIRST_ROWS = 60
/** On paper there is no scrolling; more than so many rows are for an export. */
const MAX_PRINTED = 1_000

export type RowWindow = { first: number; end: number }

/** Which rows to make: those in view of the box that scrolls, and some around them; all of them for paper. */
export function useWindowedRows({
  scroller,
  count,
}: {
  scroller: RefObject<HTMLElement | null>
  count: number
}): RowWindow {
  const [view, setView] = useState({ first: 0, rows: FIRST_ROWS })
  const [isPrinting, setPrinting] = useState(false)

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const look = () => setView((before) => toView(element, before))
    look()
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [scroller])

  useEffect(() => {
    const media = window.matchMedia('print')
    const onChange = () => setPrinting(media.matches)
    media.addEventListener('change', onChange)
    return () => media.removeEventListener('change', onChange)
  }, [])

  if (isPrinting) return { first: 0, end: Math.min(count, MAX_PRINTED) }
  const first = Math.max(0, Math.min(view.first, count - view.rows))
  return { first, end: Math.min(count, first + view.rows) }
}

function toView({ scrollTop, clientHeight }: HTMLElement, before: { first: number; rows: number }) {
  const top = Math.floor(scrollTop / ROW_PX / STEP) * STEP
  const first = Math.max(0, top - OVERSCAN)
  const rows = Math.ceil(clientHeight / ROW_PX / STEP) * STEP + 2 * OVERSCAN + STEP
  return first === before.first && rows === before.rows ? before : { first, rows }
}
