import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findHits } from './find-hits'
import { toSearchTerms } from './to-search-terms'
import { toQueryTokens, toSearchTokens } from './to-search-tokens'
import { toSnippet } from './to-snippet'

const hitsOf = (text: string, query: string) =>
  findHits({ text, terms: toSearchTerms(query) })?.map(({ start, end }) => text.slice(start, end))

/** Texts of all kinds, with scripts that meet without a space between them. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        'vLLM ',
        'prefix caching',
        '首个令牌',
        '的',
        'トークン',
        'ー々',
        '한국어',
        'İstanbul',
        'ß',
        '😀',
        '\n',
        'ａ',
        '٣',
        'n̈',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

describe('toSearchTokens', () => {
  it.each([
    ['Time To First-Token, 4B', ['time', 'to', 'first', 'token', '4b']],
    ['max_model_len=4096', ['max', 'model', 'len', '4096']],
    ['首个令牌', ['首个', '个令', '令牌', '牌']],
    ['牌', ['牌']],
    ['用vLLM服务Qwen3模型', ['用', 'vllm', '服务', '务', 'qwen3', '模型', '型']],
    ['トークナイザー', ['トー', 'ーク', 'クナ', 'ナイ', 'イザ', 'ザー', 'ー']],
    ['첫 토큰', ['첫', '토큰', '큰']],
    ['a A a', ['a']],
    ['… — 😀', []],
    ['x'.repeat(40), ['x'.repeat(32)]],
    ['𠮷野家', ['𠮷野', '野家', '家']],
  ])('of %s', (text, tokens) => {
    expect(toSearchTokens(text)).toEqual(tokens)
  })

  it('holds all that is asked of an index for a text that matches: nothing is missed', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.nat(), (text, from, length) => {
        const characters = [...text]
        const start = from % (characters.length + 1)
        const query = characters.slice(start, start + 1 + (length % 6)).join('')
        const terms = toSearchTerms(query)
        if (findHits({ text, terms }) === undefined) return
        const tokens = toSearchTokens(text)
        for (const { text: wanted, isPrefix } of toQueryTokens(terms)) {
          expect(tokens.some((one) => (isPrefix ? one.startsWith(wanted) : one === wanted))).toBe(
            true,
          )
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('finds every text by the beginning of any of its words and by any part of a joined stretch', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.nat(), (text, which, cutAt) => {
        const terms = toSearchTerms(text)
        const term = terms[which % Math.max(1, terms.length)]
        if (term === undefined) return
        const characters = [...term.text]
        const at = cutAt % characters.length
        const query = term.kind === 'word' ? characters.slice(0, at + 1) : characters.slice(at)
        expect(hitsOf(text, query.join(''))).toBeDefined()
      }),
      { numRuns: 2000 },
    )
  })
})

describe('findHits', () => {
  it.each([
    ['Prefix caching helps', 'pre', ['Pre']],
    ['Prefix caching helps', 'CACHING prefix', ['Prefix', 'caching']],
    ['Prefix caching helps', 'fix', undefined],
    ['Prefix caching helps', 'prefix helm', undefined],
    ['令牌与首个令牌', '令', ['令', '令']],
    ['令牌与首个令牌', '首个', ['首个']],
    ['令牌与首个令牌', '首个令牌', ['首个令牌']],
    ['个令牌首个', '首个令牌', undefined],
    ['İstanbul', 'i̇s', ['İs']],
    ['anything', '…', undefined],
    ['anything', '', undefined],
  ])('in %s for %s', (text, query, hits) => {
    expect(hitsOf(text, query)).toEqual(hits)
  })

  it('gives ranges within the text, in order and apart', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, query) => {
        let last = -1
        for (const { start, end } of findHits({ text, terms: toSearchTerms(query) }) ?? []) {
          expect(start).toBeGreaterThan(last)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
          last = end
        }
      }),
    )
  })
})

describe('toSnippet', () => {
  const snip = (text: string, query: string) =>
    toSnippet({ text, hits: findHits({ text, terms: toSearchTerms(query) }) ?? [] })

  it('shows the surroundings of the first hit on one line, every hit in them marked', () => {
    expect(snip('The first\n\n  token is the first.', 'first')).toEqual([
      { text: 'The ', isHit: false },
      { text: 'first', isHit: true },
      { text: ' token is the ', isHit: false },
      { text: 'first', isHit: true },
      { text: '.', isHit: false },
    ])
  })

  it('is cut on both sides of a long text', () => {
    const text = `${'a '.repeat(500)}needle${' b'.repeat(500)}`
    const parts = snip(text, 'needle')
    const whole = parts.map((part) => part.text).join('')
    expect(whole).toMatch(/^…a .* needle b .*…$/)
    expect(whole.length).toBeLessThan(210)
    expect(parts.filter(({ isHit }) => isHit)).toEqual([{ text: 'needle', isHit: true }])
  })

  it('never cuts a character in two, nor grows beyond its length', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.nat(300), (before, query, repeats) => {
        const text =
          `${'😀'.repeat(repeats)}${before}${query}${'😀'.repeat(repeats)}`.toWellFormed()
        const whole = snip(text, query)
          .map((part) => part.text)
          .join('')
        expect(whole.isWellFormed()).toBe(true)
      }),
    )
  })
})
