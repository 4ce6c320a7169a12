'use client'

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

const BOTTOM_PX = 32

/**
 * Keeps the end in sight while text arrives, lets go as soon as the reader moves up, and takes hold
 * again at the bottom.
 */
export function useFollowScroll(options: {
  scroller: RefObject<HTMLElement | null>
  content: RefObject<HTMLElement | null>
}) {
  const { scroller, content } = options
  const isFollowing = useRef(true)
  const [isAtBottom, setAtBottom] = useState(true)

  const toLatest = useCallback(() => {
    isFollowing.current = true
    setAtBottom(true)
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }, [scroller])

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    let lastTop = element.scrollTop
    const onScroll = () => {
      const rest = element.scrollHeight - element.clientHeight - element.scrollTop
      if (element.scrollTop < lastTop - 1 && rest > 1) isFollowing.current = rest <= 1
      else if (rest <= BOTTOM_PX) isFollowing.current = true
      lastTop = element.scrollTop
      setAtBottom(rest <= BOTTOM_PX || isFollowing.current)
    }
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY < 0 && element.scrollHeight > element.clientHeight)
        isFollowing.current = false
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('wheel', onWheel, { passive: true })
    return () => {
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('wheel', onWheel)
    }
  }, [scroller])

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      // The reader was brought to a message that was searched for.
      if (element.querySelector('[data-found]') !== null) isFollowing.current = false
      if (isFollowing.current) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    if (content.current !== null) observer.observe(content.current)
    return () => observer.disconnect()
  }, [scroller, content])

  return { isAtBottom, toLatest }
}
