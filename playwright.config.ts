import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { findChromium } from './e2e/find-chromium.ts'

// A worker is a browser, an app and a stub: half of the cores, and never so many that timings blur.
const workers = Math.min(2, Math.max(1, Math.floor(availableParallelism() / 2)))

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // From the root: the folder of the whole clone may be called so as well.
  testIgnore: join(import.meta.dirname, 'e2e/live/**'),
  outputDir: 'test-results',
  workers,
  fullyParallel: false,
  // A machine that is shared stands still now and then; what passes only then is named by the run.
  retries: 1,
  forbidOnly: true,
  timeout: 60_000,
  globalTimeout: 19 * 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: findChromium(), args: ['--no-sandbox'] },
  },
})
