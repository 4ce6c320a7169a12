import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplyTrace } from '@/lib/domain/reply-trace'
import { formatCsvLine } from './format-csv'
import { parseGoodput } from './parse-goodput'
import { toCurl } from './to-curl'
import { toReport } from './to-report'
import { TIMING_RECORD_FIELDS, toTimingRecord } from './to-timing-record'

const trace: ReplyTrace = {
  messageId: 'reply',
  threadId: 'thread',
  runId: 'run',
  question: 'my secret question',
  createdAtMs: Date.UTC(2026, 10, 24),
  status: 'complete',
  model: 'a|b',
  timing: { ttftMs: 412.3456, e2elMs: 1412.3456, completionTokens: 11, queueMs: 380 },
  sampling: { temperature: 0.5 },
  request: {
    url: "http://engine/v1/chat/completions?it's",
    headers: { 'content-type': 'application/json', Authorization: 'Bearer sk-secret' },
    body: { model: 'm', messages: [{ role: 'user', content: 'it\'s $HOME `id` "x"\n' }] },
  },
  answer: { text: 'my secret answer', reasoning: '' },
  engineVersion: '0.32.0',
  activity: { aheadRequests: 7, processStartedAtMs: Date.UTC(2026, 10, 23) },
  flags: [{ code: 'waited-behind-others', details: { requests: 7, queueMs: 380.123 } }],
  prefix: { reason: 'changed', changedAtToken: 3, changedText: 'my secret prompt' },
}

describe('formatCsvLine', () => {
  it.each([
    ['=1+1', `'=1+1`],
    ['+49 30', `'+49 30`],
    ['-1', `'-1`],
    ['@cmd', `'@cmd`],
    ['\tx', `'\tx`],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['=a"b', `"'=a""b"`],
    ['two\nlines', '"two\nlines"'],
    [-1.5, '-1.5'],
    [null, ''],
    ['', ''],
  ])('writes %j as %s', (cell, expected) => {
    expect(formatCsvLine([cell, 'end'])).toBe(`${expected},end\r\n`)
  })

  it('is read back as what was written, by a reader that knows nothing of it', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '=', ' ', 'é') })
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
        const safe = cells.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text))
        expect(readCsv(formatCsvLine(cells))).toEqual([safe])
      }),
    )
  })
})

function readCsv(text: string): string[][] {
  const lines: string[][] = []
  let cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (isQuoted) {
      if (character === '"' && text[at + 1] === '"') {
        cell += '"'
        at += 1
      } else if (character === '"') isQuoted = false
      else cell += character
    } else if (character === '"') isQuoted = true
    else if (character === ',') {
      cells.push(cell)
      cell = ''
    } else if (character === '\r' && text[at + 1] === '\n') {
      lines.push([...cells, cell])
      cells = []
      cell = ''
      at += 1
    } else cell += character
  }
  return lines
}

describe('toTimingRecord', () => {
  it('has every column in its order, and null for what was not reported', () => {
    const record = toTimingRecord({
      messageId: 'm',
      threadId: 't',
      question: 'q',
      createdAtMs: 0,
      status: 'complete',
      timing: { ttftMs: 100, e2elMs: 300, completionTokens: 11 },
      flags: [
        { code: 'preempted', details: {} },
        { code: 'after-idle', details: {} },
      ],
    })
    expect(Object.keys(record)).toEqual([...TIMING_RECORD_FIELDS])
    expect(record).toMatchObject({
      created_at: '1970-01-01T00:00:00.000Z',
      ttft_ms: 100,
      tpot_ms: 20,
      queue_ms: null,
      model: null,
      flags: 'preempted after-idle',
    })
  })
})

describe('toCurl', () => {
  const command = toCurl(trace)

  it('names the key by its variable and never holds one', () => {
    expect(command).toContain('"Authorization: Bearer $OPENAI_API_KEY"')
    expect(command).not.toContain('sk-secret')
  })

  it('gives a shell back the very address and body, whatever is in them', () => {
    const show = command.replace(/^curl -N/, 'printf "%s\\0"')
    const words = execFileSync('/bin/sh', ['-c', show], {
      env: { OPENAI_API_KEY: 'k' } as unknown as NodeJS.ProcessEnv,
      encoding: 'utf8',
    }).split('\0')
    expect(words[0]).toBe(trace.request.url)
    expect(JSON.parse(words.at(-2) ?? '')).toEqual(trace.request.body)
    expect(words).toContain('content-type: application/json')
    expect(words).toContain('Authorization: Bearer k')
  })
})

describe('toReport', () => {
  const report = toReport({ ...trace, appVersion: '0.1.0' })

  it.each([
    '### Reply of 2026-11-24T00:00:00.000Z',
    '| First Token | 0.1.0 |',
    '| engine | 0.32.0 |',
    '| model | a\\|b |',
    '| temperature | 0.5 |',
    '| TTFT | 412.35 ms |',
    '| TPOT | 100 ms |',
    '| aheadRequests | 7 |',
    '| processStartedAt | 2026-11-23T00:00:00.000Z |',
    '| reason | changed |',
    '- waited-behind-others (requests 7, queueMs 380.12)',
  ])('says %s', (line) => {
    expect(report.split('\n')).toContain(line)
  })

  it('tells nothing of what was said, and nothing that was not reported', () => {
    expect(report).not.toMatch(/secret|undefined|prefill|overhead/)
  })
})

describe('parseGoodput', () => {
  it.each([
    ['ttft:200 tpot:50', { ttft: 200, tpot: 50 }],
    ['e2el:1500.5', { e2el: 1500.5 }],
    [' ttft:200,  tpot:50 ', { ttft: 200, tpot: 50 }],
    ['', {}],
    ['ttft=200', undefined],
    ['itl:20', undefined],
    ['ttft:fast', undefined],
    ['ttft:-1', undefined],
  ])('reads %j', (text, targets) => {
    expect(parseGoodput(text)).toEqual(targets)
  })
})
