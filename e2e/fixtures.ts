import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { twMerge } from 'tailwind-merge'
import { type App, startApp } from './start-app.ts'
import { type StubEngine, startStubEngine } from './stub/start-stub-engine.ts'

export type StubWithLog = StubEngine & { logFile: string }

type WorkerOptions = {
  /** Settings of the app beside the address of its engine; a file that sets them gets an app of its own. */
  appEnv: Record<string, string>
  /** Without one the app starts the local engine, with its install and its download. */
  hasEngine: boolean
}

type WorkerFixtures = {
  /** The engine of this worker alone: a test may break it. Back at its start before each test. */
  stub: StubWithLog
  /** The built app on that engine, with an empty data folder. */
  app: App
}

type Options = {
  /** Console errors that a test provokes, such as the browser's line about a 503; any other one fails it. */
  expectedErrors: RegExp[]
}

/** Collects what a page must never do; a refused load shows as a violation of the Content-Security-Policy. */
function watchPage(options: { page: Page; appUrl: string; problems: string[] }) {
  const { page, appUrl, problems } = options
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`page error: ${error.stack ?? error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    const isOwn = url.origin === appUrl || url.protocol === 'data:' || url.protocol === 'blob:'
    if (!isOwn) problems.push(`request to a foreign host: ${url.href}`)
  })
  page.on('popup', (popup) => watchPage({ page: popup, appUrl, problems }))
}

async function reportCspViolations(page: Page) {
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      reportError(new Error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`))
    })
  })
}

/** Which of two classes for the same property wins is the stylesheet's affair, not the reader's of the code. */
async function findConflictingClasses(page: Page): Promise<string[]> {
  const shown = await page.evaluate(() => [
    ...new Set(
      Array.from(document.querySelectorAll('[class]'), (part) => [...part.classList].join(' ')),
    ),
  ])
  return shown.filter((classes) => twMerge(classes) !== classes)
}

export const test = base.extend<Options & { resetStub: undefined }, WorkerOptions & WorkerFixtures>(
  {
    appEnv: [{}, { option: true, scope: 'worker' }],

    hasEngine: [true, { option: true, scope: 'worker' }],

    stub: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern.
      async ({}, use) => {
        const folder = await mkdtemp(join(tmpdir(), 'first-token-stub-'))
        const logFile = join(folder, 'engine.log')
        const stub = await startStubEngine({ port: 0, controlPort: 0, logFile })
        await use({ ...stub, logFile })
        await stub.close()
        await rm(folder, { recursive: true, force: true })
      },
      { scope: 'worker' },
    ],

    app: [
      async ({ stub, appEnv, hasEngine }, use) => {
        const env = { ENGINE_LOG_FILE: stub.logFile, LOG_LEVEL: 'warn', ...appEnv }
        const app = await startApp(hasEngine ? { engineUrl: `${stub.url}/v1`, env } : { env })
        await use(app)
        await app.dispose()
      },
      { scope: 'worker', timeout: 60_000 },
    ],

    resetStub: [
      async ({ stub }, use) => {
        await stub.control.reset()
        await use(undefined)
      },
      { auto: true },
    ],

    expectedErrors: [[], { option: true }],

    baseURL: async ({ app }, use) => use(app.url),

    page: async ({ page, app, expectedErrors }, use) => {
      const problems: string[] = []
      await reportCspViolations(page)
      watchPage({ page, appUrl: app.url, problems })
      await use(page)
      const unexpected = problems.filter(
        (text) => !expectedErrors.some((known) => known.test(text)),
      )
      expect(unexpected, 'what the page did beside the test').toEqual([])
      const conflicting = page.isClosed() ? [] : await findConflictingClasses(page)
      expect(conflicting, 'classes that contradict each other').toEqual([])
    },
  },
)

export { expect }
