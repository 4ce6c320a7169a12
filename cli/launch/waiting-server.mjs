import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { LaunchError } from './launch-error.mjs'
import { pickLocale } from './messages.mjs'
import { buildWaitingPage } from './waiting-page.mjs'

const COMMON = {
  'cache-control': 'no-store',
  'retry-after': '1',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

function answerPage({ request, response }) {
  const nonce = randomBytes(16).toString('base64')
  response.writeHead(503, {
    ...COMMON,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  })
  response.end(buildWaitingPage({ locale: pickLocale(request.headers['accept-language']), nonce }))
}

function listenProblem({ error, host, port }) {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program: end that one, or choose another port (PORT=${port + 1}).`
  }
  if (error.code === 'EACCES') {
    return `Port ${port} may not be opened by this user: choose one above 1023 (PORT=3000).`
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `HOST is ${host}, which is no address of this machine: set HOST=127.0.0.1.`
  }
  return `${host}:${port} could not be opened (${error.code}).`
}

/**
 * Listens at once and answers everything with 503: a page for browsers, the status as JSON for
 * /health, /ready and the app's API. `status()` is read at each request.
 * @throws {LaunchError} when the address cannot be opened.
 */
export async function openWaitingServer({ host, port, status }) {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0]
    const isForPeople =
      request.method === 'GET' && !/^\/(health|ready|metrics|api|_next)(\/|$)/.test(path)
    if (isForPeople) return answerPage({ request, response })
    response.writeHead(503, { ...COMMON, 'content-type': 'application/json' })
    response.end(
      request.method === 'HEAD'
        ? undefined
        : JSON.stringify({ ...status(), error: { code: 'app_unreachable' } }),
    )
  })
  await new Promise((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (error) => reject(new LaunchError(listenProblem({ error, host, port }))))
    server.listen(port, host)
  })
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}
