import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import messages from '@/lib/i18n/messages/en.json'

const source = readFileSync(new URL('../../lib/engine/log-failures.ts', import.meta.url), 'utf8')
const codes = [...source.matchAll(/code: '([\w-]+)'/g)].map(([, code = '']) => code)

describe('the words for fatal lines', () => {
  it('exist for every code that the log can give, and for no other', () => {
    expect(codes.length).toBeGreaterThan(20)
    expect(Object.keys(messages.failures).sort()).toEqual([...codes, 'unlisted'].sort())
  })
})
