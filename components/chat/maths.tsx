'use client'

import type katex from 'katex'
import { useTranslations } from 'next-intl'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { loadPart } from '@/lib/client/load-part'

type Draw = typeof katex.render

let draw: Draw | undefined

/** A formula longer than this is none. */
const MAX_LENGTH = 10_000

async function loadDraw(): Promise<void> {
  const { default: library } = await loadPart(() => import('katex'))
  draw = library.render
}

/**
 * A formula as MathML, which the browser draws with its own fonts. Until it is drawn, and where it
 * cannot be, its TeX stands there as the text that it is.
 */
export function Maths({ tex, isDisplay }: { tex: string; isDisplay: boolean }) {
  const t = useTranslations('chat')
  const target = useRef<HTMLSpanElement>(null)
  const [isLoaded, setLoaded] = useState(draw !== undefined)
  const [failedTex, setFailedTex] = useState<string>()
  const isText = !isLoaded || failedTex === tex || tex.length > MAX_LENGTH

  useEffect(() => {
    if (isLoaded) return
    let isGone = false
    void loadDraw().then(() => {
      if (!isGone) setLoaded(true)
    })
    return () => {
      isGone = true
    }
  }, [isLoaded])

  useLayoutEffect(() => {
    if (isText || draw === undefined || target.current === null) return
    try {
      draw(tex, target.current, {
        displayMode: isDisplay,
        output: 'mathml',
        throwOnError: true,
        strict: 'ignore',
        trust: false,
      })
    } catch {
      target.current.replaceChildren()
      setFailedTex(tex)
    }
  }, [tex, isDisplay, isText])

  if (!isDisplay) return isText ? <code>{tex}</code> : <span ref={target} data-maths="inline" />
  return (
    <figure
      aria-label={t('formula')}
      data-maths="display"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what it can reach
      tabIndex={0}
      className="overflow-x-auto py-1 text-center text-[1.0625rem] [scrollbar-width:thin]"
    >
      {isText ? <code className="whitespace-pre-wrap">{tex}</code> : <span ref={target} />}
    </figure>
  )
}
