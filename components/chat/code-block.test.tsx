// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { CodeBlock } from './code-block'
import { CodeLines } from './code-lines'
import { LiveAnswerProvider } from './live-answer'

afterEach(cleanup)

const code = Array.from({ length: 45 }, (_, index) => `line ${index + 1}`).join('\n')
const pre = () => screen.getByText(/line 45/).closest('pre')

describe('a block of code', () => {
  it('folds when it is long, with all of its text still there', () => {
    renderPage(<CodeBlock code={code} language="python" />)
    expect(pre()?.dataset.folded).toBe('true')
    expect(pre()?.textContent).toBe(code)
    const button = screen.getByRole('button', { name: 'Show all 45 lines' })
    expect(button.getAttribute('aria-expanded')).toBe('false')
    fireEvent.click(button)
    expect(pre()?.dataset.folded).toBe('false')
    screen.getByRole('button', { name: 'Show the first lines only' })
  })

  it('copies the whole of it, folded or not', async () => {
    const writeText = vi.fn(async () => undefined)
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } })
    renderPage(<CodeBlock code={code} language="python" />)
    fireEvent.click(screen.getByRole('button', { name: 'Copy code' }))
    expect(writeText).toHaveBeenCalledWith(code)
    vi.unstubAllGlobals()
  })

  it('has no fold for what is short', () => {
    renderPage(<CodeBlock code={'line 45\n'.repeat(30).trimEnd()} language={undefined} />)
    expect(screen.queryByRole('button', { name: /lines/ })).toBeNull()
  })

  it('does not fold away what was read as it came', () => {
    const block = (isLive: boolean) => (
      <LiveAnswerProvider isLive={isLive}>
        <CodeBlock code={code} language="python" />
      </LiveAnswerProvider>
    )
    const { rerender } = renderPage(<div>{block(true)}</div>)
    expect(pre()?.dataset.folded).toBe('false')
    rerender(<div />)
    cleanup()
    renderPage(block(false))
    expect(pre()?.dataset.folded).toBe('true')
  })
})

describe('CodeLines', () => {
  const tokens = (container: HTMLElement) =>
    [...container.querySelectorAll('[data-token]')].map((each) => each.textContent)

  it('marks the tokens of the lines that are known, and nothing of the rest', () => {
    const { container } = renderPage(
      <CodeLines
        code={'a = 1\nb = 2'}
        lines={[[{ text: 'a = ' }, { text: '1', kind: 'constant' }]]}
      />,
    )
    expect(tokens(container)).toEqual(['1'])
    expect(container.textContent).toBe('a = 1\nb = 2')
  })

  it.each([
    ['of another text', [[{ text: 'x', kind: 'keyword' as const }]]],
    ['of a line that has gone on', [[{ text: 'a', kind: 'keyword' as const }]]],
  ])('shows no tokens %s', (_, lines) => {
    const { container } = renderPage(<CodeLines code={'a = 1\nb = 2'} lines={lines} />)
    expect(tokens(container)).toEqual([])
    expect(container.textContent).toBe('a = 1\nb = 2')
  })

  it.each([1, 49, 50, 51, 100, 120])('keeps the text of %i lines as it is', (count) => {
    const text = Array.from({ length: count }, (_, index) => `${index}`).join('\n')
    const { container } = renderPage(<CodeLines code={text} lines={[]} />)
    expect(container.textContent).toBe(text)
  })
})
