'use client'

import { useEffect } from 'react'

const MAX_JITTER_MS = 2_000

/** Sends an armed draft when the gate opens; many pages do not do so in one moment. */
export function useArmedSend({
  isArmed,
  canSend,
  send,
  random = Math.random,
}: {
  isArmed: boolean
  canSend: boolean
  send: () => void
  random?: () => number
}): void {
  useEffect(() => {
    if (!isArmed || !canSend) return
    const timer = setTimeout(send, random() * MAX_JITTER_MS)
    return () => clearTimeout(timer)
  }, [isArmed, canSend, send, random])
}
