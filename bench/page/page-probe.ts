import type { Page } from '@playwright/test'

/** What a page was seen to do with one answer. Instants are of its `performance.now()`. */
export type PageProbe = {
  pressedAtMs: number
  /** The frame with the first text of the answer was painted. */
  firstPaintedAtMs: number
  /** The frame with the words that end it. */
  lastPaintedAtMs: number
  /** Between one frame and the next, while the answer came. */
  framesMs: number[]
  longTasksMs: number[]
}

export type ProbeOptions = {
  /** Of the elements that hold answers, in their order. */
  selector: string
  /** Which of them the next answer is. */
  index: number
  /** Its last words. */
  ending: string
}

/** Begins to watch, in any page and from within it. Armed before the key is pressed. */
export async function armProbe(page: Page, options: ProbeOptions): Promise<void> {
  await page.evaluate(watchAnswer, options)
}

/** Resolves once the whole answer was painted. */
export async function readProbe(page: Page): Promise<PageProbe> {
  return await page.evaluate(() => (globalThis as unknown as Probing).probe)
}

type Probing = { probe: Promise<PageProbe> }

/** Runs in the page: it may use nothing of this file. */
function watchAnswer({ selector, index, ending }: ProbeOptions): void {
  const longTasksMs: number[] = []
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasksMs.push(duration)
  })
  tasks.observe({ entryTypes: ['longtask'] })
  const framesMs: number[] = []
  let pressedAtMs = 0
  let firstPaintedAtMs = 0
  let frameAtMs = 0
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter') pressedAtMs = event.timeStamp
  }
  addEventListener('keydown', onKey, { capture: true })
  // A task that is posted in a frame runs when that frame has been handed to the compositor.
  const afterPaint = (run: () => void) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = run
    port2.postMessage(undefined)
  }
  ;(globalThis as unknown as Probing).probe = new Promise((resolve) => {
    const onFrame = (atMs: number) => {
      const text = document.querySelectorAll(selector)[index]?.textContent ?? ''
      if (text !== '') {
        if (firstPaintedAtMs === 0) {
          firstPaintedAtMs = -1
          afterPaint(() => {
            firstPaintedAtMs = performance.now()
          })
        } else framesMs.push(atMs - frameAtMs)
        frameAtMs = atMs
      }
      if (!text.trimEnd().endsWith(ending)) {
        requestAnimationFrame(onFrame)
        return
      }
      afterPaint(() => {
        const lastPaintedAtMs = performance.now()
        removeEventListener('keydown', onKey, { capture: true })
        // Long tasks are told of a little later.
        setTimeout(() => {
          tasks.disconnect()
          resolve({ pressedAtMs, firstPaintedAtMs, lastPaintedAtMs, framesMs, longTasksMs })
        }, 200)
      })
    }
    requestAnimationFrame(onFrame)
  })
}
