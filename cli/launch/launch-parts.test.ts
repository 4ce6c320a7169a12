import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { isLoopbackHost } from '@/lib/config/is-loopback-host'

/** The launcher is plain JavaScript without types: it runs before anything is installed. */
async function load(name: string) {
  return await import(new URL(name, import.meta.url).href)
}

const folder = mkdtempSync(join(tmpdir(), 'first-token-counts-'))
afterAll(() => rmSync(folder, { recursive: true }))

function writeReport(report: unknown): string {
  const file = join(folder, `${Math.random()}.json`)
  writeFileSync(file, JSON.stringify(report))
  return file
}

describe('isLoopbackHost of the launcher', () => {
  it('is the rule of the app', async () => {
    const { isLoopbackHost: launcherRule } = await load('./is-loopback-host.mjs')
    const known = ['localhost', 'LOCALHOST', '::1', '[::1]', '127.0.0.1', '127.1', '0.0.0.0', '::']
    const address = fc.oneof(
      fc.constantFrom(...known),
      fc.ipV4(),
      fc.ipV6(),
      fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `127.${a}.${b}.1`),
      fc.domain(),
      fc.string(),
    )
    fc.assert(fc.property(address, (host) => launcherRule(host) === isLoopbackHost(host)))
    expect(known.map(launcherRule)).toEqual([true, true, true, true, true, false, false, false])
  })
})

describe('the words of the waiting page', () => {
  it('are there in every language under the same keys', async () => {
    const { MESSAGES } = await load('./messages.mjs')
    expect(Object.keys(MESSAGES['zh-CN'])).toEqual(Object.keys(MESSAGES.en))
  })

  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de-DE,de', 'en'],
    ['zh', 'zh-CN'],
    ['zh-TW;q=0.4,en;q=0.8', 'en'],
    ['en;q=0.2, zh-CN;q=0.9', 'zh-CN'],
    ['en;q=0,zh', 'zh-CN'],
    ['zha,en', 'en'],
  ])('are picked for %s', async (header, locale) => {
    const { pickLocale } = await load('./messages.mjs')
    expect(pickLocale(header)).toBe(locale)
  })
})

describe('the count of vitest', () => {
  const brokenFile = { status: 'failed', assertionResults: [] }
  const goodFile = { status: 'passed', assertionResults: [{ status: 'passed' }] }
  it.each([
    ['all passed', { numPassedTests: 3, testResults: [goodFile] }, 0, { passed: 3, failed: 0 }],
    ['one failed', { numPassedTests: 2, numFailedTests: 1 }, 1, { passed: 2, failed: 1 }],
    [
      'a file that does not load',
      { numPassedTests: 2, testResults: [goodFile, brokenFile] },
      1,
      { passed: 2, failed: 1 },
    ],
    ['an error outside every test', { numPassedTests: 2 }, 1, { passed: 2, failed: 1 }],
    ['no test at all', { numPassedTests: 0 }, 0, { passed: 0, failed: 1 }],
  ])('with %s', async (_, report, exitCode, expected) => {
    const { countVitest } = await load('./count-results.mjs')
    expect(countVitest({ file: writeReport(report), exitCode })).toEqual(expected)
  })

  it('is one failure when there is no report', async () => {
    const { countVitest } = await load('./count-results.mjs')
    const file = join(folder, 'absent.json')
    expect(countVitest({ file, exitCode: 0 })).toEqual({ passed: 0, failed: 1 })
  })
})

describe('the count of Playwright', () => {
  it.each([
    ['all passed', { stats: { expected: 4 } }, 0, { passed: 4, failed: 0 }],
    ['failed tests', { stats: { expected: 2, unexpected: 1 } }, 1, { passed: 2, failed: 1 }],
    [
      'a test that passed when it was repeated',
      {
        stats: { expected: 2, flaky: 1 },
        suites: [
          {
            specs: [{ file: 'a.spec.ts', line: 3, title: 'one', tests: [{ status: 'expected' }] }],
            suites: [
              {
                specs: [{ file: 'a.spec.ts', line: 9, title: 'two', tests: [{ status: 'flaky' }] }],
              },
            ],
          },
        ],
      },
      0,
      { passed: 3, failed: 0, repeated: ['a.spec.ts:9 › two'] },
    ],
    [
      'a spec that does not load',
      { stats: { expected: 0 }, errors: [{}] },
      1,
      { passed: 0, failed: 1 },
    ],
    ['a crash after the report', { stats: { expected: 2 } }, 1, { passed: 2, failed: 1 }],
    [
      'nothing but skipped tests',
      { stats: { expected: 0, skipped: 3 } },
      0,
      { passed: 0, failed: 1 },
    ],
  ])('with %s', async (_, report, exitCode, expected) => {
    const { countPlaywright } = await load('./count-results.mjs')
    expect(countPlaywright({ file: writeReport(report), exitCode })).toEqual(expected)
  })
})

it('counts a check as one', async () => {
  const { countCheck } = await load('./count-results.mjs')
  expect(countCheck({ exitCode: 0 })).toEqual({ passed: 1, failed: 0 })
  expect(countCheck({ exitCode: 2 })).toEqual({ passed: 0, failed: 1 })
})
