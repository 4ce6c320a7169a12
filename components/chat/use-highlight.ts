'use client'

import { type RefObject, useEffect, useRef, useState } from 'react'
import { toCodeLanguage } from './code-languages'
import { getHighlightClient, type HighlightedBlock } from './highlight-client'
import type { CodeLine } from './highlight-code'

/** Longer code stays plain: nobody reads it, and each line of it would become many elements. */
const MAX_LENGTH = 200_000
const NEAR = '800px'
const NONE: readonly CodeLine[] = []

/**
 * The tokens of the code's first lines, as far as they are known. Nothing is loaded before the code
 * comes near the window; without a highlighter there are never any.
 */
export function useHighlight({
  code,
  name,
  element,
}: {
  code: string
  /** As the model wrote it after the fence. */
  name: string | undefined
  element: RefObject<HTMLElement | null>
}): readonly CodeLine[] {
  const [lines, setLines] = useState(NONE)
  const isNear = useNear(element)
  const language = toCodeLanguage(name)
  const isWanted = isNear && code.length <= MAX_LENGTH
  const block = useRef<HighlightedBlock>(undefined)

  useEffect(() => {
    if (!isWanted || language === undefined) return
    block.current = getHighlightClient().open({ language, onLines: setLines })
    return () => {
      block.current?.close()
      block.current = undefined
      setLines(NONE)
    }
  }, [isWanted, language])

  // After the effect above: it opens the block that this one tells of the text.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a block that was just opened wants the text too
  useEffect(() => {
    block.current?.update(code)
  }, [code, isWanted, language])
  return lines
}

function useNear(element: RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false)
  useEffect(() => {
    const target = element.current
    if (isNear || target === null || typeof IntersectionObserver === 'undefined') return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true)
      },
      // The second is for the box that scrolls around it.
      { rootMargin: NEAR, scrollMargin: NEAR },
    )
    observer.observe(target)
    return () => observer.disconnect()
  }, [element, isNear])
  return isNear
}
