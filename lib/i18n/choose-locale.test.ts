import { describe, expect, it } from 'vitest'
import { chooseLocale } from './choose-locale'

describe('chooseLocale', () => {
  it.each([
    ['zh-CN', 'en', 'zh-CN'],
    ['en', 'zh-CN,zh;q=0.9', 'en'],
    ['fr', 'zh-TW', 'zh-CN'],
    [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    [undefined, 'en-GB,en;q=0.9,zh;q=0.8', 'en'],
    [undefined, 'zh;q=0.1, en;q=0.5', 'en'],
    [undefined, 'de,fr;q=0.7,zh;q=0.2', 'zh-CN'],
    [undefined, 'zh;q=0', 'en'],
    [undefined, 'zh;q=x', 'en'],
    [undefined, '*', 'en'],
    [undefined, '', 'en'],
    [undefined, null, 'en'],
  ])('reads the cookie %s and the header %s as %s', (cookie, acceptLanguage, expected) => {
    expect(chooseLocale({ cookie, acceptLanguage })).toBe(expected)
  })
})
