/** Why nothing new is started: by hand · a chat answer waits for its first token · the engine is not ready. */
export type HoldReason = 'paused' | 'chat-waits' | 'engine-not-ready'

/** What may hold the starts of a batch back; several reasons may stand at once. */
export type StartGate = {
  hold(reason: HoldReason): void
  release(reason: HoldReason): void
  isHeld(reason: HoldReason): boolean
  isOpen(): boolean
  /** Told of each change. @returns how to unsubscribe */
  onChange(listener: () => void): () => void
}

export function createStartGate(): StartGate {
  const reasons = new Set<HoldReason>()
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  return {
    hold(reason) {
      if (reasons.has(reason)) return
      reasons.add(reason)
      tell()
    },
    release(reason) {
      if (reasons.delete(reason)) tell()
    },
    isHeld: (reason) => reasons.has(reason),
    isOpen: () => reasons.size === 0,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
