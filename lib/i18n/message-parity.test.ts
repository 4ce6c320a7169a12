import { describe, expect, it } from 'vitest'
import type { ErrorDetails } from '@/lib/domain/error'
import { listMessages } from './__fixtures__/list-messages'
import { choicesOf, toSampleValues } from './__fixtures__/message-parts'
import { type MessageElement, parseMessage } from './__fixtures__/parse-message'
import { toMessageShape } from './__fixtures__/to-message-shape'
import { writeMessage } from './__fixtures__/write-message'
import { LOCALES } from './choose-locale'
import englishMessages from './messages/en.json'
import chineseMessages from './messages/zh-CN.json'

const files = { en: englishMessages, 'zh-CN': chineseMessages }
const english = listMessages(englishMessages)
const chinese = new Map(listMessages(chineseMessages))

/** Each message in each language, read once. */
const everyMessage = LOCALES.flatMap((locale) =>
  listMessages(files[locale]).map(([key, message]) => ({
    locale,
    key,
    message,
    elements: parseMessage(message),
  })),
)

/** The words outside tags: what stands in `<code>` is no prose. */
function proseOf(elements: MessageElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.kind === 'text') return [element.text]
    if (element.kind !== 'choice') return []
    return element.branches.flatMap((branch) => proseOf(branch.elements))
  })
}

/** Half-width signs beside Chinese, Chinese joined to Latin or figures, spaces beside wide signs or two in a row. */
const NARROW =
  /\p{Script=Han}[,:;?!()]|[,:;?!()]\p{Script=Han}|\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han}|\s[，。：；？！（）、]|[，。：；？！（）、]\s| {2}/u

/** What a translation may leave as it is: signs, arguments, and the field's own short words. */
const KEPT =
  /^(First Token|vLLM|JSONL|CSV|TTFT|E2EL|ITL p50|p95|max|(\{\w+\} ?)?(tok\/s)?|[^A-Za-z]*)$/

describe('the two languages', () => {
  it('have the same messages in the same order', () => {
    expect([...chinese.keys()]).toEqual(english.map(([key]) => key))
  })

  it('share in each message the arguments, the branches, the tags and the code in them', () => {
    const differing = english.flatMap(([key, message]) => {
      const [en, zh] = [message, chinese.get(key) ?? ''].map(toMessageShape)
      return JSON.stringify(en) === JSON.stringify(zh) ? [] : [{ key, en, zh }]
    })
    expect(differing).toEqual([])
  })

  it('leave no message unwritten, and none in the words of the other', () => {
    expect(everyMessage.filter(({ message }) => message.trim() === '')).toEqual([])
    expect(english.filter(([, message]) => /\p{Script=Han}/u.test(message))).toEqual([])
    const untranslated = english.filter(
      ([key, message]) => chinese.get(key) === message && !KEPT.test(message),
    )
    expect(untranslated).toEqual([])
  })

  it('end every choice with `other`, and give each fact that may be missing its `unknown`', () => {
    const open = everyMessage.filter(({ elements }) =>
      choicesOf(elements).some(({ format, branches }) => {
        const names = branches.map(({ name }) => name)
        return !names.includes('other') || (format === 'select' && !names.includes('unknown'))
      }),
    )
    expect(open).toEqual([])
  })

  it('use only the plural forms that their language has', () => {
    const plurals = everyMessage.flatMap(({ locale, elements }) =>
      choicesOf(elements)
        .filter(({ format }) => format === 'plural')
        .map(({ branches }) => ({ locale, names: branches.map(({ name }) => name) })),
    )
    expect(plurals.length).toBeGreaterThan(0)
    for (const { locale, names } of plurals) {
      const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
      expect(forms).toEqual(expect.arrayContaining(names))
    }
  })

  it('can be written with every fact at hand', () => {
    for (const { locale, key, message, elements } of everyMessage) {
      const details = toSampleValues(elements)
      const written = writeMessage({ message, details, locale })
      expect(written, key).not.toMatch(/[{}<>]|unknown/)
    }
  })

  it('set Chinese as it is set: its own signs, and a space to Latin words and figures', () => {
    const faults = [...chinese].flatMap(([key, message]) => {
      const elements = parseMessage(message)
      const details = toSampleValues(elements)
      const lines = [
        ...proseOf(elements),
        writeMessage({ message, details, locale: 'zh-CN' }),
        writeMessage({ message, details: withoutChoices({ elements, details }), locale: 'zh-CN' }),
      ]
      return lines.filter((line) => NARROW.test(line)).map((line) => ({ key, line }))
    })
    expect(faults).toEqual([])
  })
})

/** The facts of a message without those it can do without. */
function withoutChoices(options: { elements: MessageElement[]; details: ErrorDetails }) {
  const missing = new Set(
    choicesOf(options.elements)
      .filter(({ format }) => format === 'select')
      .map(({ name }) => name),
  )
  return Object.fromEntries(Object.entries(options.details).filter(([name]) => !missing.has(name)))
}

describe('toMessageShape', () => {
  const message = 'Set <code>--a {b}</code>{c, select, unknown {} other {: {d, number} of {e}}}.'

  it.each([
    [
      'another order',
      '{c, select, unknown {} other {：{e} 中的 {d, number}}}请设置 <code>--a {b}</code>',
    ],
  ])('is the same for %s', (_, translation) => {
    expect(toMessageShape(translation)).toEqual(toMessageShape(message))
  })

  it.each([
    ['an argument is missing', message.replace(' of {e}', '')],
    ['an argument has another name', message.replace('{e}', '{f}')],
    ['a figure is not set as one', message.replace('{d, number}', '{d}')],
    ['an argument has left its branch', message.replace(' of {e}', '').concat('{e}')],
    ['a branch is missing', message.replace('unknown {} ', '')],
    ['a tag is missing', message.replaceAll(/<.?code>/g, '')],
    ['code is translated', message.replace('--a', '--b')],
  ])('is another when %s', (_, translation) => {
    expect(toMessageShape(translation)).not.toEqual(toMessageShape(message))
  })
})
