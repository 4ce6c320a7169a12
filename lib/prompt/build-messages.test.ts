import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '@/lib/domain/message'
import { buildMessages, buildWarmUpMessages } from './build-messages'
import { SYSTEM_PROMPT } from './system-prompt'

const question = (text: string): ChatMessage => ({
  id: 'q',
  threadId: 't',
  parentId: null,
  role: 'user',
  text,
  createdAtMs: 0,
})

const reply = (text: string): ChatMessage => ({
  id: 'r',
  threadId: 't',
  parentId: 'q',
  role: 'assistant',
  runId: 'run',
  text,
  reasoning: 'thought',
  status: 'complete',
  createdAtMs: 0,
})

describe('SYSTEM_PROMPT', () => {
  it('is the pinned text, byte for byte', () => {
    expect(createHash('sha256').update(SYSTEM_PROMPT, 'utf8').digest('hex')).toBe(
      '143ffd47818d0f2f8fe1212aefec5a1caac8040cd207de3f87a6187acaf3f6d5',
    )
  })

  it('holds nothing that changes from day to day', () => {
    expect(SYSTEM_PROMPT).not.toMatch(/\d{4}|\$\{|\{\{|today|date/i)
  })
})

describe('buildMessages', () => {
  it('puts the system prompt first and alone, then the branch as it stands', () => {
    const messages = buildMessages({
      systemPrompt: 'S',
      history: [question(' a\r\n'), reply('b\u0000'), question('c')],
    })
    expect(messages).toEqual([
      { role: 'system', content: 'S' },
      { role: 'user', content: ' a\r\n' },
      { role: 'assistant', content: 'b\u0000' },
      { role: 'user', content: 'c' },
    ])
  })

  it('makes each turn begin with the turn before it, byte for byte, whatever was said', () => {
    const turns = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), {
      minLength: 1,
    })
    fc.assert(
      fc.property(turns, (pairs) => {
        let earlier = ''
        const history: ChatMessage[] = []
        for (const [asked, answered] of pairs) {
          history.push(question(asked))
          const bytes = JSON.stringify(
            buildMessages({ systemPrompt: SYSTEM_PROMPT, history }),
          ).slice(0, -1)
          expect(bytes.startsWith(earlier)).toBe(true)
          earlier = bytes
          history.push(reply(answered))
        }
      }),
    )
  })

  it('begins behind the last trim, and each turn after it begins with the one before', () => {
    const history: ChatMessage[] = []
    let earlier = '['
    for (const [turn, trimmed] of [false, false, true, false, false, true, false].entries()) {
      history.push(question(`q${turn}`))
      const messages = buildMessages({ systemPrompt: 'S', history })
      const bytes = JSON.stringify(messages).slice(0, -1)
      expect(bytes.startsWith(earlier)).toBe(true)
      earlier = trimmed ? '[{"role":"system","content":"S"}' : bytes
      if (turn === 4) {
        expect(messages.map(({ content }) => content)).toEqual(['S', 'q3', 'a3', 'q4'])
      }
      history.push({ ...reply(`a${turn}`), ...(trimmed ? { isTrimEnd: true } : {}) })
    }
  })

  it('never leaves out the newest question, whatever answer to it a trim ends with', () => {
    const cut = { ...reply('half'), isTrimEnd: true }
    const history = [question('a'), reply('b'), question('c'), cut]
    expect(buildMessages({ systemPrompt: 'S', history })).toHaveLength(5)
  })

  it('shares the system prompt with the warm-up', () => {
    expect(buildWarmUpMessages('S')[0]).toEqual(
      buildMessages({ systemPrompt: 'S', history: [] })[0],
    )
  })
})
