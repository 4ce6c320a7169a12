'use client'

import { useTranslations } from 'next-intl'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { Button } from '@/components/ui/button'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import { ErrorNote } from './error-note'

const MORE_SHOWN = 50
/** So far above what is in sight it is loaded. */
const AHEAD = '600px 0px 0px 0px'

/** The way to what stands above: taken by itself when the reader comes near, and by a button. */
export function Earlier({
  store,
  scroller,
  hiddenCount,
  onShow,
}: {
  store: ThreadStore
  scroller: RefObject<HTMLElement | null>
  /** Messages that are loaded and not shown yet. */
  hiddenCount: number
  onShow: () => void
}) {
  const t = useTranslations('chat')
  const hasEarlier = useStore(store, (state) => state.hasEarlier)
  const earlier = useStore(store, (state) => state.earlier)
  const mark = useRef<HTMLDivElement>(null)
  const isFailed = typeof earlier === 'object'
  const isNear = useNear({
    mark,
    scroller,
    isWatched: hasEarlier && hiddenCount === 0 && !isFailed,
  })
  useEffect(() => {
    // Each page that comes may leave the mark in sight.
    if (isNear && earlier === 'idle') void store.actions.loadEarlier()
  })
  if (hiddenCount === 0 && !hasEarlier) return null
  return (
    <div ref={mark} data-earlier="" className="flex flex-col items-center">
      {isFailed ? (
        <ErrorNote error={earlier} title={t('earlierFailed')}>
          <Button size="small" onClick={() => void store.actions.loadEarlier()}>
            {t('retry')}
          </Button>
        </ErrorNote>
      ) : (
        <Button
          size="small"
          className="print:hidden"
          disabled={hiddenCount === 0 && earlier === 'loading'}
          onClick={hiddenCount > 0 ? onShow : () => void store.actions.loadEarlier()}
        >
          {hiddenCount > 0
            ? t('showEarlier', { count: Math.min(MORE_SHOWN, hiddenCount) })
            : t('loadEarlier')}
        </Button>
      )}
      <p className="hidden print:block">{t('earlierOnPaper')}</p>
    </div>
  )
}

function useNear({
  mark,
  scroller,
  isWatched,
}: {
  mark: RefObject<HTMLElement | null>
  scroller: RefObject<HTMLElement | null>
  isWatched: boolean
}): boolean {
  const [isNear, setNear] = useState(false)
  useEffect(() => {
    const element = mark.current
    if (!isWatched || element === null) return
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.at(-1)?.isIntersecting === true),
      { root: scroller.current, rootMargin: AHEAD },
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      setNear(false)
    }
  }, [mark, scroller, isWatched])
  return isNear
}
