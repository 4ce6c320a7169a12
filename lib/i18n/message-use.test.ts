import { describe, expect, it } from 'vitest'
import { findKeyUses, findLiterals } from './__fixtures__/find-key-uses'
import { findLiteralWords } from './__fixtures__/find-literal-words'
import { listMessages } from './__fixtures__/list-messages'
import { parseSource, readSources } from './__fixtures__/read-sources'
import messages from './messages/en.json'

const sources = readSources(['app', 'components', 'lib'])
const keys = listMessages(messages).map(([key]) => key)
const uses = sources.flatMap(findKeyUses)

/** Keys whose last part is a value of the domain: the file that lists it is not the one that writes it. */
const NAMED_ELSEWHERE = [
  { namespace: 'chat.announce', listedIn: 'lib/domain/message.ts' },
  { namespace: 'debug', listedIn: 'components/timing/timing-columns.ts' },
]

function matches({ pattern, key }: { pattern: string; key: string }): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll('.', '[.]'))
  return new RegExp(`^${parts.join('[^.]+')}$`).test(key)
}

function readKeysNamedElsewhere(): string[] {
  return NAMED_ELSEWHERE.flatMap(({ namespace, listedIn }) =>
    sources
      .filter(({ fileName }) => fileName === listedIn)
      .flatMap(findLiterals)
      .map((name) => `${namespace}.${name}`),
  )
}

describe('the messages and the pages that show them', () => {
  it('writes no key that the message files lack', () => {
    expect(uses.length).toBeGreaterThan(100)
    const lacking = uses
      .filter(({ isComputed }) => !isComputed)
      .flatMap(({ place, keys: patterns }) => patterns.map((pattern) => ({ place, pattern })))
      .filter(({ pattern }) => !keys.some((key) => matches({ pattern, key })))
    expect(lacking).toEqual([])
  })

  it('keeps no message that nothing shows', () => {
    const written = [...new Set(uses.flatMap((use) => use.keys))]
    // A text that holds a blank or a bracket is none of our keys.
    const patterns = written.filter((pattern) => /^[\w.*-]+$/.test(pattern))
    const shown = new Set(readKeysNamedElsewhere())
    const unused = keys
      .filter((key) => !shown.has(key))
      .filter((key) => !patterns.some((pattern) => matches({ pattern, key })))
    expect(unused).toEqual([])
  })

  it('shows no words that stand in a component or page itself', () => {
    expect(sources.filter(({ fileName }) => fileName.endsWith('.tsx')).length).toBeGreaterThan(30)
    expect(sources.flatMap(findLiteralWords)).toEqual([])
  })
})

describe('findKeyUses', () => {
  const read = (text: string) =>
    findKeyUses(parseSource({ path: 'page.tsx', text })).map(({ keys, isComputed }) =>
      isComputed ? `computed ${keys.join(' ')}` : keys.join(' '),
    )

  it.each<[string, string, string[]]>([
    [
      'a namespace and none',
      "function A() { const t = useTranslations('a'); const u = useTranslations(); t('b'); u('c.d') }",
      ['a.b', 'c.d'],
    ],
    [
      'the same name in two functions',
      "function A() { const t = useTranslations('a'); t('x') } function B() { const t = useTranslations('b'); t('x') }",
      ['a.x', 'b.x'],
    ],
    [
      'a function within, and a rich message',
      "function A() { const t = useTranslations('a'); return () => { if (x) { t.rich('b', {}) } } }",
      ['a.b'],
    ],
    ['a template', `const t = useTranslations(); t(\`a.\${x}.b\`)`, ['a.*.b']],
    [
      'a choice',
      "const t = useTranslations('a'); t(isOn ? 'b' : (c ?? 'd'))",
      ['computed a.a a.b a.d'],
    ],
    ['both ends of a choice', "const t = useTranslations('a'); t(isOn ? 'b' : 'd')", ['a.b a.d']],
    ['an awaited translator', "(await getTranslations('a'))('b')", ['a.b']],
    ["a call that is none of a translator's", "const f = other('a'); f('b'); t('c')", []],
  ])('reads %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected)
  })
})

describe('findLiteralWords', () => {
  const read = (text: string) =>
    findLiteralWords(parseSource({ path: 'page.tsx', text })).map(
      ({ place, text }) => `${place} ${text}`,
    )

  it.each<[string, string, string[]]>([
    ['text', 'const a = <p>\n  Hello {name}\n</p>', ['page.tsx:2 Hello']],
    ['a string', "const a = <p>{'Hello'}</p>", ['page.tsx:1 Hello']],
    ['a choice', "const a = <p>{isOn ? 'On' : t('off')}</p>", ['page.tsx:1 On']],
    ['what follows a condition', "const a = <p>{isOn && 'On'}</p>", ['page.tsx:1 On']],
    ['a template', `const a = <p>{\`\${n} tokens\`}</p>`, ['page.tsx:1 * tokens']],
    ['a label', 'const a = <button aria-label="Close" />', ['page.tsx:1 Close']],
    ['a title that may be absent', "const a = <a title={x ?? 'Open'} />", ['page.tsx:1 Open']],
    ['a label of a component', "const a = <Popover triggerLabel={'More'} />", ['page.tsx:1 More']],
    ['metadata', "export const metadata = { title: 'Page' }", ['page.tsx:1 Page']],
    [
      'computed metadata',
      "export function generateMetadata() { return { title: { absolute: 'Page' } } }",
      ['page.tsx:1 Page'],
    ],
    ['words in Chinese', 'const a = <p>你好</p>', ['page.tsx:1 你好']],
    ['no signs and figures', "const a = <p title={'—'}>· {'10 %'} &nbsp; → {t('a')}</p>", []],
    ['no classes and names', 'const a = <p className="flex" id="main" role="status" />', []],
    ['no condition', "const a = <p>{status === 'done' ? t('a') : null}</p>", []],
  ])('finds %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected)
  })
})
