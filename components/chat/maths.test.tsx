// @vitest-environment happy-dom
import { cleanup, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { Markdown } from './markdown'

afterEach(cleanup)

// As in a page with a doctype, which happy-dom does not tell apart.
Object.defineProperty(document, 'compatMode', { value: 'CSS1Compat' })

async function show(text: string) {
  const { container } = renderPage(<Markdown text={text} idPrefix="run" />)
  await waitFor(() => expect(container.querySelector('math')).not.toBeNull())
  return container
}

const tex = (container: HTMLElement) =>
  [...container.querySelectorAll('annotation')].map((each) => each.textContent)

describe('maths in an answer', () => {
  it('is drawn as MathML, in a line or by itself', async () => {
    const container = await show('So \\(a^2\\), and\n\n\\[\nE = mc^2\n\\]\n\n```math\nx\n```')
    await waitFor(() => expect(tex(container)).toEqual(['a^2', 'E = mc^2', 'x']))
    expect(container.querySelectorAll('math[display="block"]')).toHaveLength(2)
    expect(screen.getAllByRole('figure', { name: 'Formula' })).toHaveLength(2)
    expect(container.querySelector('p math[display="block"]')).toBeNull()
  })

  it('is none in code, and one dollar is money', async () => {
    const container = await show('It costs $5 or $10: `\\(a\\)` is not \\(b\\).')
    expect(tex(container)).toEqual(['b'])
    expect(container.textContent).toContain('It costs $5 or $10: \\(a\\) is not')
  })

  it.each([
    ['a mistake', '\\frac{1'],
    ['an unknown command', '\\nothing{<img src=x onerror=alert(1)>}'],
    ['endless macros', '\\def\\a{\\a\\a}\\a'],
  ])('stands as the text that it is where it has %s', async (_, wrong) => {
    const container = await show(`\\(${wrong}\\) and \\(ok\\)`)
    await waitFor(() => expect(tex(container)).toEqual(['ok']))
    expect(container.querySelector('code')?.textContent).toBe(wrong)
    expect(container.querySelector('img')).toBeNull()
  })

  it.each([
    '\\href{javascript:alert(1)}{x}',
    '\\url{https://evil.example}',
    '\\includegraphics{https://evil.example/p.png}',
    '\\htmlData{onclick=alert(1)}{x}',
    '\\htmlStyle{background:url(https://evil.example)}{x}',
  ])('leads nowhere and loads nothing: %s', async (evil) => {
    const container = await show(`\\(${evil}\\) and \\(ok\\)`)
    await waitFor(() => expect(tex(container)).toContain('ok'))
    expect(container.querySelector('a, img, [href], [src], [onclick]')).toBeNull()
    for (const element of container.querySelectorAll('[style]')) {
      expect(element.getAttribute('style')).not.toContain('url(')
    }
  })
})
