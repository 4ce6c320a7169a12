import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (name: string) =>
  readFileSync(new URL(`../../public/${name}`, import.meta.url), 'utf8')

const figures = (text: string) => [...(text.match(/\d[\d,.]*\d|\d/g) ?? [])].sort()
const marks = (text: string) => (text.match(/^(?:#{2,3} |- |\||```)/gm) ?? []).join('')

describe('the readme in its two languages', () => {
  const [english, chinese] = [read('readme.md'), read('readme.zh-CN.md')]

  it('has the same figures', () => {
    expect(figures(english).length).toBeGreaterThan(100)
    expect(figures(chinese)).toEqual(figures(english))
  })

  it('has the same headings, lists, tables and code', () => {
    expect(marks(chinese)).toBe(marks(english))
  })

  it('explains seven tips', () => {
    expect(english.match(/^### \d\. /gm)).toHaveLength(7)
  })
})
