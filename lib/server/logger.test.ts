import { expect, it } from 'vitest'
import { createLogger } from './logger'

function logWith(apiKey?: string) {
  const lines: string[] = []
  const logger = createLogger(
    { logLevel: 'debug', ...(apiKey === undefined ? {} : { apiKey }) },
    { write: (line) => void lines.push(line) },
  )
  return { logger, lines }
}

it('blots out the key wherever it stands: field, message, error, cause, JSON or URL', () => {
  const key = 'canary "key" 7'
  const { logger, lines } = logWith(key)
  const cause = new Error(`Authorization: Bearer ${key}`)
  logger.error(
    { err: new Error(`refused ${key}`, { cause }), headers: { authorization: `Bearer ${key}` } },
    `with ${key}`,
  )
  logger.info({ url: `http://x/?k=${encodeURIComponent(key)}`, deep: [{ a: key }] }, 'url')
  const all = lines.join('')
  expect(lines).toHaveLength(2)
  expect(all).not.toContain('canary')
  expect(all).toContain('[key]')
  for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
})

it('leaves the text alone when the key is none', () => {
  const { logger, lines } = logWith('EMPTY')
  logger.info({ note: 'EMPTY stays' }, 'none')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', note: 'EMPTY stays' })
})

it('blots out fields that are secrets by their name', () => {
  const { logger, lines } = logWith()
  logger.info({ apiKey: 'a1', engine: { apiKey: 'b2', headers: { cookie: 'c3' } } }, 'x')
  expect(lines[0]).not.toMatch(/a1|b2|c3/)
})
