'use client'

import { type ComponentProps, useEffect, useId, useRef, useState } from 'react'
import { cn } from '@/lib/utils'
import { placeBeside } from './place-beside'

const LEAVE_MS = 120

/**
 * Text with a definition: shown on hover, on keyboard focus and on a tap; the pointer may move onto
 * it; Escape, leaving and scrolling close it. It is the button's accessible description at all times.
 */
export function Term({
  definition,
  side = 'above',
  className,
  children,
  ...props
}: { definition: string; side?: 'above' | 'below' } & ComponentProps<'button'>) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const tip = useRef<HTMLSpanElement>(null)
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [isOpen, setIsOpen] = useState(false)

  const open = () => {
    clearTimeout(leaving.current)
    setIsOpen(true)
  }
  const leave = () => {
    clearTimeout(leaving.current)
    leaving.current = setTimeout(() => setIsOpen(false), LEAVE_MS)
  }
  useEffect(() => () => clearTimeout(leaving.current), [])

  useEffect(() => {
    if (!isOpen || tip.current === null || button.current === null) return
    const popover = tip.current
    popover.showPopover?.()
    placeBeside({ popover, trigger: button.current, side, align: 'start' })
    const close = () => setIsOpen(false)
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close()
    }
    // Where a tap gives a button no focus, no blur closes it either.
    const closeOnPressOutside = ({ target }: PointerEvent) => {
      if (!(target instanceof Node)) return
      if (!button.current?.contains(target) && !popover.contains(target)) close()
    }
    document.addEventListener('keydown', closeOnEscape)
    document.addEventListener('pointerdown', closeOnPressOutside)
    document.addEventListener('scroll', close, { capture: true, passive: true })
    return () => {
      document.removeEventListener('keydown', closeOnEscape)
      document.removeEventListener('pointerdown', closeOnPressOutside)
      document.removeEventListener('scroll', close, { capture: true })
      if (popover.isConnected) popover.hidePopover?.()
    }
  }, [isOpen, side])

  return (
    <>
      <button
        type="button"
        {...props}
        ref={button}
        aria-describedby={id}
        data-open={isOpen}
        className={cn('rounded-sm decoration-dotted underline-offset-4 hover:underline', className)}
        onPointerEnter={(event) => {
          if (event.pointerType === 'mouse') open()
        }}
        onPointerLeave={(event) => {
          if (event.pointerType === 'mouse') leave()
        }}
        onFocus={(event) => {
          props.onFocus?.(event)
          if (event.currentTarget.matches(':focus-visible')) open()
        }}
        onBlur={() => setIsOpen(false)}
        onClick={(event) => {
          props.onClick?.(event)
          open()
        }}
      >
        {children}
      </button>
      <span
        ref={tip}
        id={id}
        role="tooltip"
        popover="manual"
        onPointerEnter={open}
        onPointerLeave={leave}
        className="fixed inset-auto m-0 w-max max-w-[min(20rem,calc(100vw-1.5rem))] rounded-lg border border-border bg-popover px-3 py-2 text-left text-xs leading-5 font-normal tracking-normal whitespace-normal text-foreground normal-case shadow-lg"
      >
        {definition}
      </span>
    </>
  )
}
