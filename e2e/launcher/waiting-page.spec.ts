import { expect, test } from '@playwright/test'
import { createSandbox, findFreePort, type Sandbox } from './sandbox.ts'

let sandbox: Sandbox
let url: string

test.beforeEach(async () => {
  sandbox = await createSandbox()
  for (const name of ['npm.hold', 'build.hold']) sandbox.write(name, '')
  const port = await findFreePort()
  url = `http://127.0.0.1:${port}`
  const launched = sandbox.launch({ command: 'start', env: { PORT: String(port) } })
  await expect.poll(launched.output).toContain('fetching the packages')
})

test.afterEach(() => sandbox.dispose())

test('the page follows the start, and becomes the app by itself', async ({ page }) => {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) problems.push(message.text())
  })

  await page.goto(url)
  const current = page.locator('li[aria-current]')
  await expect(current).toContainText(/^Installing packages\d+ s$/)
  await expect(page.getByText('fetching the packages')).toBeVisible()

  sandbox.write('npm.go', '')
  await expect(current).toContainText(/^Building the app\d+ s$/)
  await expect(page.getByRole('listitem').first()).toHaveText('Installing packagesdone')
  await expect(page.getByText('Compiling 12 routes')).toBeVisible()

  sandbox.write('build.go', '')
  await expect(page.getByRole('heading', { name: 'The app' })).toBeVisible()
  expect(problems).toEqual([])
})

test('the page tells why a build failed', async ({ page }) => {
  sandbox.write('build.fails', '')
  sandbox.write('npm.go', '')
  sandbox.write('build.go', '')
  await page.goto(url)
  await expect(page.getByRole('alert')).toContainText('The build failed (next build, exit code 3)')
  await expect(page.getByRole('status')).toHaveText('It did not start')
  await expect(page.getByText('Type error in app/page.tsx')).toBeVisible()
})

test.describe('in Chinese and dark', () => {
  test.use({ locale: 'zh-CN', colorScheme: 'dark' })

  test('the page speaks the language of the browser and takes its scheme', async ({ page }) => {
    await page.goto(url)
    await expect(page.getByRole('heading')).toHaveText('First Token 正在启动')
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(ground).toMatch(/oklch\(0\.2|rgb\(([0-4]?\d, ){2}/)
  })
})
