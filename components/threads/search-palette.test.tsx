// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { createSearchStore } from '@/lib/client/search-store'
import { AppError } from '@/lib/domain/error'
import type { SearchHit, SearchPage } from '@/lib/domain/search-page'
import { SearchPalette } from './search-palette'

const opened: string[] = []
vi.mock('next/navigation', () => ({ useRouter: () => ({ push: (to: string) => opened.push(to) }) }))

afterEach(() => {
  cleanup()
  opened.length = 0
})

const hit = (id: string, more: Partial<SearchHit> = {}): SearchHit => ({
  ...{ threadId: `thread-${id}`, threadTitle: `Title ${id}`, createdAtMs: 1 },
  snippet: [
    { text: 'about ', isHit: false },
    { text: id, isHit: true },
    { text: ' and more', isHit: false },
  ],
  ...more,
})

async function setUp(answer: () => Promise<SearchPage>) {
  const onClose = vi.fn()
  const store = createSearchStore({ search: answer, pause: (run) => run() })
  renderPage(<SearchPalette store={store} onClose={onClose} />)
  fireEvent.change(box(), { target: { value: 'kv' } })
  await act(async () => {})
  return { onClose }
}

const box = () => screen.getByRole('combobox', { hidden: true })
const press = (key: string) => fireEvent.keyDown(box(), { key })
const chosen = () =>
  screen
    .getAllByRole('option', { hidden: true })
    .findIndex((option) => option.getAttribute('aria-selected') === 'true')

describe('the search palette', () => {
  it('marks what was found, and opens the chosen place by keyboard', async () => {
    const hits = [hit('a'), hit('b', { messageId: 'message-b', role: 'assistant' }), hit('c')]
    const { onClose } = await setUp(async () => ({ hits }))
    expect([...document.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual([
      'a',
      'b',
      'c',
    ])
    press('ArrowUp')
    expect(chosen()).toBe(0)
    press('ArrowDown')
    expect(chosen()).toBe(1)
    expect(box().getAttribute('aria-activedescendant')).toBe(
      screen.getAllByRole('option', { hidden: true })[1]?.id,
    )
    press('Enter')
    expect(opened).toEqual(['/chat/thread-b?message=message-b'])
    expect(onClose).toHaveBeenCalled()
  })

  it('opens a chat that has the words in its name at its end', async () => {
    await setUp(async () => ({ hits: [hit('a')] }))
    press('Enter')
    expect(opened).toEqual(['/chat/thread-a'])
  })

  it('says so when there is nothing, and when it failed', async () => {
    await setUp(async () => ({ hits: [] }))
    expect(screen.getByText('Nothing found')).toBeTruthy()
    press('Enter')
    expect(opened).toEqual([])
    cleanup()
    await setUp(async () => {
      throw new AppError('app_unreachable')
    })
    expect(screen.getByText('The search failed.')).toBeTruthy()
  })
})
