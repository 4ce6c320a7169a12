import { test as base, expect } from '@playwright/test'
import { type App, startApp } from '../start-app.ts'

/**
 * The app on a running vLLM. It must be started with VLLM_SERVER_DEV_MODE=1 (its cache is emptied
 * here), --enable-prompt-tokens-details, --enable-per-request-metrics and --enable-log-requests.
 */
export const engineUrl = (process.env.ENGINE_TEST_URL ?? '').replace(/\/v1\/?$/, '')
export const engineLog = process.env.ENGINE_TEST_LOG ?? ''

export const test = base.extend<{ appEnv: Record<string, string>; app: App }>({
  appEnv: [{}, { option: true }],
  app: async ({ appEnv }, use) => {
    const key = process.env.ENGINE_TEST_KEY
    const app = await startApp({
      engineUrl: `${engineUrl}/v1`,
      env: {
        ...(engineLog === '' ? {} : { ENGINE_LOG_FILE: engineLog }),
        ...(key === undefined ? {} : { OPENAI_API_KEY: key }),
        ...appEnv,
      },
    })
    await app.untilReady()
    await use(app)
    await app.dispose()
  },
  baseURL: async ({ app }, use) => use(app.url),
})

export async function emptyCache() {
  await expect
    .poll(async () => {
      const response = await fetch(`${engineUrl}/reset_prefix_cache`, { method: 'POST' })
      return await response.text()
    })
    .not.toContain('false')
}

export { expect }
