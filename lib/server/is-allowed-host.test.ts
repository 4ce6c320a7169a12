import { expect, it } from 'vitest'
import { isAllowedHost } from './is-allowed-host'

const env = { host: '192.168.1.5', allowedHosts: ['chat.example.org', 'other.example.org:8443'] }

it.each([
  ['localhost', true],
  ['localhost:3000', true],
  ['LOCALHOST:3000', true],
  ['localhost.:3000', true],
  ['127.0.0.1:3000', true],
  ['127.8.9.1', true],
  ['[::1]:3000', true],
  ['192.168.1.5:3000', true],
  ['chat.example.org', true],
  ['Chat.Example.org:443', true],
  ['other.example.org:8443', true],
  ['other.example.org', false],
  ['other.example.org:8444', false],
  ['evil.example', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['evil.chat.example.org', false],
  ['chat.example.org.evil', false],
  ['192.168.1.50', false],
  ['0.0.0.0:3000', false],
  ['127.0.0.1@evil.example', false],
  ['127.0.0.1:3000/evil', false],
  ['127.0.0.1, evil.example', false],
  ['localhost:3000:3000', false],
  ['[::ffff:127.0.0.1]', false],
  ['2130706433', false],
  ['', false],
  [null, false],
])('takes %s as allowed: %s', (hostHeader, isAllowed) => {
  expect(isAllowedHost({ hostHeader, env })).toBe(isAllowed)
})

it('takes an IPv6 HOST with and without brackets', () => {
  for (const host of ['fd00::5', '[fd00::5]']) {
    expect(isAllowedHost({ hostHeader: '[fd00::5]:3000', env: { host, allowedHosts: [] } })).toBe(
      true,
    )
  }
})
