import { defineConfig } from '@playwright/test'
import shared from './playwright.config.ts'

/** Takes the pictures of docs/screens again: `npm run screens`. */
export default defineConfig(shared, {
  testDir: 'e2e/screens',
  testMatch: '*.shots.ts',
  testIgnore: [],
  workers: 1,
})
