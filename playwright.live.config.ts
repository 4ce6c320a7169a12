import { defineConfig } from '@playwright/test'
import shared from './playwright.config.ts'

/** The journeys that need a real engine: `npm run test:live`. */
export default defineConfig(shared, {
  testDir: 'e2e/live',
  testIgnore: [],
  timeout: 240_000,
  workers: 1,
})
