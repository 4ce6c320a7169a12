import { gzipSync } from 'node:zlib'
import type { Setting } from '../setting.ts'
import type { BenchBrowser } from './open-browser.ts'

/** The JavaScript of `/` in KB: each script gzipped by itself, as a server would send it. */
export async function measureScripts(options: {
  setting: Setting
  browser: BenchBrowser
}): Promise<number> {
  const page = await options.browser.blank()
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
  })
  await page.goto(options.setting.app.url)
  await page.locator('#chat-input').waitFor()
  await page.waitForLoadState('networkidle')
  const inline = await page
    .locator('script:not([src])')
    .evaluateAll((scripts) => scripts.map((script) => script.textContent ?? '').join('\n'))
  const loaded = await Promise.all(sizes)
  await page.close()
  return loaded.reduce((sum, bytes) => sum + bytes, gzipSync(inline).length) / 1024
}
