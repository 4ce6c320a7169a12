import { gzipSync } from 'node:zlib'
import type { Setting } from '../setting.ts'
import type { BenchBrowser } from './open-browser.ts'

export type PageScripts = { scriptsKb: number; inlineKb: number }

/** Of `/`, in KB: its scripts, each gzipped by itself, as a server would send it, and what stands in the page for them. */
export async function measureScripts(options: {
  setting: Setting
  browser: BenchBrowser
}): Promise<PageScripts> {
  const page = await options.browser.blank()
  const sizes = new Map<string, Promise<number>>()
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    const size = response.body().then((body) => gzipSync(body, { level: 9 }).length)
    sizes.set(new URL(response.url()).pathname, size)
  })
  await page.goto(options.setting.app.url)
  await page.locator('#chat-input').waitFor()
  await page.waitForLoadState('networkidle')
  const inline = await page
    .locator('script:not([src])')
    .evaluateAll((scripts) => scripts.map((script) => script.textContent ?? '').join('\n'))
  const loaded = await Promise.all(sizes.values())
  await page.close()
  return {
    scriptsKb: loaded.reduce((sum, bytes) => sum + bytes, 0) / 1024,
    inlineKb: gzipSync(inline, { level: 9 }).length / 1024,
  }
}
