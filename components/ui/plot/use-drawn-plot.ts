'use client'

import { type RefObject, useEffect, useRef, useState } from 'react'
import { loadPart } from '@/lib/client/load-part'
import type { DrawnPlot } from './draw-plot'
import type { PlotContent, Point } from './plot-parts'

/** Keeps a plot drawn in `host`, with what draws it loaded on first need; the point near the pointer. */
export function useDrawnPlot<P extends Point>({
  host,
  content,
}: {
  host: RefObject<HTMLElement | null>
  /** The same object while nothing has changed. */
  content: PlotContent<P>
}): P | undefined {
  const [near, setNear] = useState<P>()
  const latest = useRef(content)
  const drawn = useRef<DrawnPlot<P>>(undefined)
  useEffect(() => {
    latest.current = content
    drawn.current?.update(content)
  }, [content])
  useEffect(() => {
    let isGone = false
    void loadPart(() => import('./draw-plot')).then(({ drawPlot }) => {
      if (isGone || host.current === null) return
      drawn.current = drawPlot({ host: host.current, content: latest.current, onNear: setNear })
    })
    return () => {
      isGone = true
      drawn.current?.destroy()
      drawn.current = undefined
    }
  }, [host])
  return near
}
