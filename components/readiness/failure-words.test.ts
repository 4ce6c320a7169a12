import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import messages from '@/lib/i18n/messages/en.json'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const codesOf = (path: string, pattern: RegExp) =>
  [...read(path).matchAll(pattern)].map(([, code = '']) => code)

const fatalLines = codesOf('lib/engine/log-failures.ts', /code: '([\w-]+)'/g)
const localFailures = [
  ...codesOf('local-engine/engine-failure.ts', /^ {2}'?([\w-]+)'?: \{ retryable/gm),
  ...codesOf('lib/local-engine/engine-process.ts', /code: '([\w-]+)'/g),
]

describe('the words for a start that failed', () => {
  it('exist for every code that a log can give, and for no other', () => {
    expect(fatalLines.length).toBeGreaterThan(20)
    expect(localFailures.length).toBeGreaterThan(17)
    const codes = [...fatalLines, ...localFailures.map((code) => `local-${code}`), 'unlisted']
    expect(Object.keys(messages.failures).sort()).toEqual(codes.sort())
  })
})
