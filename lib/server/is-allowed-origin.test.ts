import { expect, it } from 'vitest'
import { isAllowedOrigin } from './is-allowed-origin'

it.each<[string, Record<string, string>, boolean]>([
  ['no browser', {}, true],
  ['our page', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }, true],
  ['our page in a browser without Sec-Fetch-Site', { origin: 'http://localhost:3000' }, true],
  ['our page behind TLS', { host: 'chat.example', origin: 'https://chat.example' }, true],
  [
    'our page with the default port named',
    { host: 'chat.example:443', origin: 'https://chat.example' },
    true,
  ],
  ['typed by the user', { 'sec-fetch-site': 'none' }, true],
  ['a same-origin GET turned POST without Origin', { 'sec-fetch-site': 'same-origin' }, true],
  ['a sandboxed frame or a file', { origin: 'null' }, false],
  ['another site', { origin: 'http://evil.example' }, false],
  ['another port', { origin: 'http://localhost:8080' }, false],
  ['another loopback name', { origin: 'http://127.0.0.1:3000' }, false],
  ['a subdomain', { host: 'chat.example', origin: 'https://a.chat.example' }, false],
  [
    'a name that begins like ours',
    { host: 'chat.example', origin: 'https://chat.example.evil' },
    false,
  ],
  ['a cross-site form without Origin', { 'sec-fetch-site': 'cross-site' }, false],
  ['a same-site page without Origin', { 'sec-fetch-site': 'same-site' }, false],
  [
    'a forged Origin with an honest Sec-Fetch-Site',
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' },
    false,
  ],
  ['an extension', { origin: 'chrome-extension://abc' }, false],
  ['no origin at all, said aloud', { origin: '' }, false],
])('%s', (_, headers, isAllowed) => {
  expect(isAllowedOrigin(new Headers({ host: 'localhost:3000', ...headers }))).toBe(isAllowed)
})
