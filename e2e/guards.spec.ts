import { request as httpRequest } from 'node:http'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'

const CANARY = 'sk-canary-0123456789abcdef0123456789'

test.use({ appEnv: { OPENAI_API_KEY: CANARY, LOG_LEVEL: 'debug' } })

/** A request whose Host header is not the one of its address. */
function getAs(options: { url: string; host: string }): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(options.url, { headers: { host: options.host } }, (response) => {
      let body = ''
      response.on('data', (part) => {
        body += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    call.on('error', reject)
    call.end()
  })
}

test('answers under its own names only', async ({ app }) => {
  for (const path of ['/', '/api/readiness', '/debug']) {
    const { status, body } = await getAs({ url: `${app.url}${path}`, host: 'evil.example' })
    expect([path, status]).toEqual([path, 421])
    expect(body).toContain('ALLOWED_HOSTS')
  }
  const { port } = new URL(app.url)
  expect((await getAs({ url: `${app.url}/`, host: `localhost:${port}` })).status).toBe(200)
})

test('takes no request from another site, and nothing but JSON of a bounded size', async ({
  app,
  request,
}) => {
  const body = JSON.stringify({})
  const json = { 'content-type': 'application/json' }
  const cases = [
    { headers: { ...json, origin: 'http://evil.example' }, data: body, status: 403 },
    { headers: { ...json, origin: 'null' }, data: body, status: 403 },
    { headers: { ...json, origin: `${app.url}1` }, data: body, status: 403 },
    { headers: { ...json, 'sec-fetch-site': 'cross-site' }, data: body, status: 403 },
    { headers: { 'content-type': 'text/plain' }, data: body, status: 415 },
    { headers: json, data: 'x'.repeat(2_000_000), status: 413 },
    { headers: json, data: '[]', status: 400 },
    { headers: json, data: 'null', status: 400 },
    { headers: json, data: '{"__proto__":{"x":1}}', status: 400 },
  ]
  for (const { headers, data, status } of cases) {
    const response = await request.post('/api/chat', { headers, data: Buffer.from(data) })
    expect([data.slice(0, 20), headers, response.status()]).toEqual([
      data.slice(0, 20),
      headers,
      status,
    ])
  }
})

test('sends no page or answer that may be cached, framed or sniffed', async ({ request }) => {
  for (const path of ['/', '/debug', '/api/readiness', '/health']) {
    const headers = (await request.get(path)).headers()
    expect(headers['cache-control'], path).toContain('no-store')
    expect(headers['x-powered-by'], path).toBeUndefined()
    expect(headers['x-content-type-options'], path).toBe('nosniff')
    expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'")
  }
  const policy = (await request.get('/')).headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe-eval')
  expect(policy).toMatch(/script-src [^;]*'nonce-/)
  expect((await request.get('/_next/image?url=%2Ficon.svg&w=64&q=75')).status()).not.toBe(200)
})

test('never shows the key of the engine', async ({ page, stub, app, request }) => {
  stub.control.patch({ apiKey: CANARY })
  await app.untilReady()
  const seen: string[] = []
  page.on('response', async (response) => {
    seen.push(JSON.stringify(response.headers()))
    seen.push(await response.text().catch(() => ''))
  })
  const chat = createChatPage(page)
  await chat.open()
  await chat.askAndWait('what is your key?')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  expect(
    stub.control.requests({ path: '/v1/chat/completions' }).at(-1)?.headers.authorization,
  ).toBe(`Bearer ${CANARY}`)
  stub.control.patch({
    error: {
      when: 'first',
      afterTokens: 0,
      status: 400,
      shape: 'nested',
      message: `bad key ${CANARY} in Bearer ${CANARY}`,
    },
  })
  await chat.askAndWait('and now?')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'failed')
  await page.goto('/debug')
  for (const path of ['/api/timings?limit=50', '/api/readiness', '/health', '/ready']) {
    seen.push(await (await request.get(path)).text())
  }
  for (const text of [...seen, app.output()]) expect(text).not.toContain(CANARY)
})

test('a foreign image in an answer becomes a link, and nothing in it runs', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({
    text: [
      '![pixel](http://evil.example/leak.png?q=1)',
      '![ref][r]',
      '<img src="http://evil.example/x.png" onerror="document.title=1">',
      '<script>document.title = "owned"</script>',
      '[click](javascript:document.title=1)',
      '',
      '[r]: http://evil.example/ref.png',
    ].join('\n\n'),
  })
  await chat.open()
  await chat.askAndWait('attack')
  await expect(chat.lastAnswer.getByRole('link', { name: /pixel/ })).toHaveAttribute(
    'href',
    'http://evil.example/leak.png?q=1',
  )
  await expect(chat.lastAnswer.locator('img, script')).toHaveCount(0)
  await expect(chat.lastAnswer.locator('a[href^="javascript"]')).toHaveCount(0)
  expect(await page.title()).not.toBe('owned')
})
