import { describe, expect, it } from 'vitest'
import { type KeyPress, toShortcut } from './to-shortcut'

function press(words: string): KeyPress {
  const parts = words.split('+')
  const key = parts.at(-1) ?? ''
  return {
    key,
    code: '',
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Meta'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
  }
}

describe('toShortcut', () => {
  it.each([
    ['Ctrl+Shift+O', 'new-chat'],
    ['Meta+Shift+o', 'new-chat'],
    ['Shift+Escape', 'focus-input'],
    ['Ctrl+Shift+C', 'copy-answer'],
    ['Ctrl+Shift+:', 'copy-code'],
    ['Meta+Shift+;', 'copy-code'],
    ['Ctrl+/', 'help'],
    ['Ctrl+Shift+?', 'help'],
    ['Escape', undefined],
    ['Ctrl+c', undefined],
    ['Ctrl+o', undefined],
    ['Ctrl+k', 'search'],
    ['Meta+K', 'search'],
    ['Ctrl+Shift+K', undefined],
    ['Ctrl+b', 'sidebar'],
    ['Meta+Shift+S', 'sidebar'],
    ['Ctrl+s', undefined],
    ['Ctrl+Alt+Shift+O', undefined],
    ['o', undefined],
    ['Enter', undefined],
  ])('reads %s as %s, while writing too', (words, expected) => {
    expect(toShortcut({ press: press(words), isWriting: true })).toBe(expected)
    expect(toShortcut({ press: press(words), isWriting: false })).toBe(expected)
  })

  it('leaves a question mark to the one who writes it', () => {
    expect(toShortcut({ press: press('Shift+?'), isWriting: true })).toBeUndefined()
    expect(toShortcut({ press: press('Shift+?'), isWriting: false })).toBe('help')
  })

  it('finds the semicolon and the slash by their place on other layouts', () => {
    const german = { ...press('Ctrl+Shift+Ö'), code: 'Semicolon' }
    expect(toShortcut({ press: german, isWriting: true })).toBe('copy-code')
    const french = { ...press('Ctrl+!'), code: 'Slash' }
    expect(toShortcut({ press: french, isWriting: true })).toBe('help')
  })
})
