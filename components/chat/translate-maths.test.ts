import { describe, expect, it } from 'vitest'
import { hasMaths, translateMaths } from './translate-maths'

describe('translateMaths', () => {
  it.each([
    ['within a line', 'so \\(a^2\\) and \\( b \\).', 'so $$a^2$$ and $$b$$.'],
    ['over two lines of a paragraph', 'so \\(a\n+ b\\)', 'so $$a\n+ b$$'],
    ['with dollars in it', 'it is \\(\\text{US$$}\\)', 'it is $$$\\text{US$$}$$$'],
    ['that begins with a dollar', '\\($x\\)', '$$ $x $$'],
    ['after a line break of TeX', '\\(a \\\\) b\\)', '$$a \\\\) b$$'],
    ['within a table', '| \\(a\\) | \\(b\\) |', '| $$a$$ | $$b$$ |'],
    ['as a block', 'Then\n\\[\nx = 1\n\\]\nend', 'Then\n$$\nx = 1\n$$\nend'],
    ['as a block in one line', '\\[ x = 1 \\].', '$$\n x = 1 .\n$$'],
    ['as a block with blank lines', '\\[\na\n\nb\n\\]', '$$\na\nb\n$$'],
    ['as a block that looks like a list', '\\[\na\n- b\n\\]', '$$\na\n- b\n$$'],
    [
      'in a list item',
      '1. first:\n   \\[\n   x\n   \\]\n2. next',
      '1. first:\n   $$\n   x\n   $$\n2. next',
    ],
    ['as a list item', '- \\[ x \\]', '- $$\n   x \n  $$'],
    ['in a quote', '> \\[\n> x\n> \\]', '> $$\n> x\n> $$'],
    ['in the middle of a line', 'so \\[x\\] holds', 'so $$\\displaystyle x$$ holds'],
    ['in dollars, alone in its line', 'Then\n$$x = 1$$\nend', 'Then\n$$\nx = 1\n$$\nend'],
    ['in dollars, within a line', 'so $$x$$ holds', 'so $$x$$ holds'],
    ['beside code', '`\\(a\\)` and \\(b\\)', '`\\(a\\)` and $$b$$'],
    ['beside an odd backtick', 'a ` and \\(b\\)', 'a ` and $$b$$'],
    ['in Chinese', '其中\\(x\\)为输入，\\(y\\)为输出。', '其中$$x$$为输入，$$y$$为输出。'],
  ])('translates maths %s', (_, text, expected) => {
    expect(translateMaths(text)).toBe(expected)
  })

  it.each([
    ['a fence of code', '```\n\\(a\\)\n```'],
    ['a fence without end', '```tex\n\\[\nx\n\\]'],
    ['a fence in a list', '- see\n\n  ```\n  \\(a\\)\n  ```\n\n  and'],
    ['a code span', 'see `\\(a\\)` and ``\\[ ` \\]``'],
    ['a code span over two lines', 'see `\\(a\nb\\)`'],
    ['indented code', 'see\n\n    \\(a\\)\n    \\[b\\]'],
    ['a backslash before it', 'see \\\\(a\\\\)'],
    ['maths in dollars', 'see $$\\text{\\(a\\)}$$'],
    ['a fence of maths', '$$\n\\text{\\(a\\)}\n$$'],
    ['nothing between', 'see \\(\\) and \\[ \\]'],
    ['no end', 'see \\(a and \\[b'],
    ['no end in its paragraph', 'see \\(a\n\nb\\)'],
    ['one dollar', 'it costs $5 and then $10'],
    ['code before its end', '\\[\n\n```\n\\]\n```'],
  ])('leaves alone what is or has %s', (_, text) => {
    expect(translateMaths(text)).toBe(text)
  })

  it.each([
    ['\\(a\\)', true],
    ['$$a$$', true],
    ['```math\na\n```', true],
    ['it costs $5', false],
    ['```ts\nconst a = 1\n```', false],
  ])('needs what draws maths for %j: %s', (text, expected) => {
    expect(hasMaths(text)).toBe(expected)
  })
})
