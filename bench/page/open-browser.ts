import { type Browser, chromium, type Page } from '@playwright/test'
import { findChromium } from '../../e2e/find-chromium.ts'
import type { Setting } from '../setting.ts'
import { buildBarePage } from './bare-page.ts'

/** How one page is used: the app's, or the bare one. */
export type PageKind = {
  name: 'app' | 'bare'
  answers: string
  open: (path?: string) => Promise<Page>
}

export type BenchBrowser = {
  app: PageKind
  bare: PageKind
  /** An empty page in a context of its own: nothing is in its cache. */
  blank: () => Promise<Page>
  close: () => Promise<void>
}

/** One browser for both kinds of page. */
export async function openBrowser(setting: Setting): Promise<BenchBrowser> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox'],
  })
  return {
    app: {
      name: 'app',
      answers: '.answer-text',
      async open(path = '/') {
        const page = await openPage(browser)
        await page.goto(`${setting.app.url}${path}`)
        await page.locator('#chat-input').waitFor()
        // The gate, and with it the button, opens when the page has come to life.
        await page.locator('#chat-input').fill('?')
        await page.locator('#chat-submit:enabled').waitFor()
        return page
      },
    },
    bare: {
      name: 'bare',
      answers: '.answer',
      async open() {
        const page = await openPage(browser)
        // At the engine's own origin: a foreign one would first ask for leave with another request.
        const url = `${setting.stub.url}/bare`
        const body = buildBarePage(setting.engineBody)
        await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body }))
        await page.goto(url)
        await page.unroute(url)
        return page
      },
    },
    blank: () => openPage(browser),
    close: () => browser.close(),
  }
}

async function openPage(browser: Browser): Promise<Page> {
  return await browser.newPage({ viewport: { width: 1280, height: 800 } })
}
