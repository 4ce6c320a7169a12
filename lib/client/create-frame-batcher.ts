export type FrameBatcher = {
  /** Runs `flush` once with the next frame, however often it is called before. */
  schedule(): void
  /** Runs a scheduled flush at once. */
  flushNow(): void
  cancel(): void
}

/** Browsers paint no frame for a hidden page; its text goes on arriving at this pace. */
const HIDDEN_PAGE_MS = 250

export function createFrameBatcher({
  flush,
  requestFrame = (run) => requestAnimationFrame(run),
  cancelFrame = (id) => cancelAnimationFrame(id),
}: {
  flush: () => void
  requestFrame?: (run: () => void) => number
  cancelFrame?: (id: number) => void
}): FrameBatcher {
  let pending: { frame: number; timer: ReturnType<typeof setTimeout> } | undefined
  const cancel = () => {
    if (pending === undefined) return
    cancelFrame(pending.frame)
    clearTimeout(pending.timer)
    pending = undefined
  }
  const run = () => {
    cancel()
    flush()
  }
  return {
    schedule() {
      pending ??= { frame: requestFrame(run), timer: setTimeout(run, HIDDEN_PAGE_MS) }
    },
    flushNow() {
      if (pending !== undefined) run()
    },
    cancel,
  }
}
