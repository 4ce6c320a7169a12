import type { Setting } from '../setting.ts'
import { ENDING } from './build-answer-text.ts'
import type { BenchBrowser } from './open-browser.ts'

export type Opening = {
  /** From the start of the navigation to the paint of the newest answer. */
  paintedMs: number
  /** Until the message box is React's: it takes what is typed. */
  aliveMs: number
}

/** Opens a thread in a fresh browser context, with nothing in its cache. */
export async function measureOpening(options: {
  setting: Setting
  browser: BenchBrowser
  path: string
}): Promise<Opening> {
  const page = await options.browser.blank()
  try {
    await page.goto(`${options.setting.app.url}${options.path}`, { waitUntil: 'commit' })
    return await page.evaluate(watchOpening, ENDING)
  } finally {
    await page.close()
  }
}

/** Runs in the page: it may use nothing of this file. */
function watchOpening(ending: string): Promise<Opening> {
  let paintedMs = 0
  return new Promise((resolve) => {
    const onFrame = () => {
      const answers = document.querySelectorAll('.answer-text')
      const isThere = answers[answers.length - 1]?.textContent?.trimEnd().endsWith(ending) ?? false
      if (isThere && paintedMs === 0) paintedMs = performance.now()
      const input = document.querySelector('#chat-input')
      const isAlive =
        input !== null && Object.keys(input).some((key) => key.startsWith('__reactProps'))
      if (!isThere || !isAlive) requestAnimationFrame(onFrame)
      else {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => resolve({ paintedMs, aliveMs: performance.now() })
        port2.postMessage(undefined)
      }
    }
    requestAnimationFrame(onFrame)
  })
}
