// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { createRef } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import type { ThreadSummary } from '@/lib/domain/thread-summary'
import { LiveThreads } from './live-threads'

vi.mock('next/navigation', () => ({ usePathname: () => '/chat/thread-1' }))

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const DAY_MS = 86_400_000

const thread = (at: number, more: Partial<ThreadSummary> = {}): ThreadSummary => ({
  ...{ id: `thread-${at}`, title: `Title ${at}`, createdAtMs: 0 },
  updatedAtMs: Date.now() - at * DAY_MS,
  ...{ isPinned: false, isArchived: false, isRunning: false, ...more },
})

async function setUp(answer: (path: string, init?: RequestInit) => Response) {
  const calls: string[] = []
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    calls.push(`${init?.method ?? 'GET'} ${path}`)
    return answer(path, init)
  })
  const scroller = createRef<HTMLElement>()
  const onReady = vi.fn()
  const rowActions = { onShare: vi.fn(), onExport: vi.fn() }
  renderPage(
    <nav ref={scroller}>
      <a href="/chat/thread-1">written by the server</a>
      <LiveThreads {...{ scroller, onReady, ...rowActions }} />
    </nav>,
  )
  return { calls, onReady }
}

const settle = () => act(async () => {})
const links = () =>
  screen
    .getAllByRole('link')
    .map(({ textContent }) => textContent)
    .filter((text) => text !== 'written by the server')
const menuOf = (title: string) =>
  screen.getByRole('button', { name: `More for “${title}”` }).parentElement ?? document.body

describe('the list of threads', () => {
  it('says when it has loaded, and takes the focus of the link that it replaces', async () => {
    const { onReady } = await setUp(() => Response.json({ threads: [thread(0), thread(1)] }))
    const old = screen.getByText('written by the server')
    old.focus()
    expect(onReady).not.toHaveBeenCalled()
    await settle()
    expect(onReady).toHaveBeenCalled()
    expect(document.activeElement?.textContent).toBe('Title 1')
  })

  it('stands under the names of days, in their order', async () => {
    const threads = [thread(9, { isPinned: true }), thread(0), thread(1), thread(3), thread(400)]
    await setUp(() => Response.json({ threads }))
    await settle()
    const names = screen.getAllByRole('heading').map(({ textContent }) => textContent)
    expect(names.slice(0, 4)).toEqual(['Pinned', 'Today', 'Yesterday', 'Previous 7 days'])
    expect(names[4]).toMatch(/^\w+ 20\d\d$/)
    expect(links()).toEqual(['Title 9', 'Title 0', 'Title 1', 'Title 3', 'Title 400'])
    expect(screen.getByRole('link', { current: 'page' }).textContent).toBe('Title 1')
  })

  it('makes few rows of many, and marks one that is being written in', async () => {
    const threads = Array.from({ length: 2_000 }, (_, at) =>
      thread(0, { id: `thread-${at}`, title: `Title ${at}`, isRunning: at === 1 }),
    )
    await setUp(() => Response.json({ threads }))
    await settle()
    expect(links().length).toBeGreaterThan(20)
    expect(links().length).toBeLessThan(100)
    expect(screen.getAllByText('An answer is being written')).toHaveLength(1)
  })

  it('says that it could not be loaded, and tries again', async () => {
    let isUp = false
    await setUp(() => (isUp ? Response.json({ threads: [] }) : Response.json({}, { status: 500 })))
    await settle()
    expect(screen.getByRole('alert').textContent).toContain('could not be loaded')
    isUp = true
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await settle()
    expect(screen.getByText('No chats yet')).toBeTruthy()
  })

  it('renames in place; Escape leaves the name as it was', async () => {
    const { calls } = await setUp((_, init) => {
      if (init?.method !== 'PATCH') return Response.json({ threads: [thread(0)] })
      return Response.json({ thread: thread(0, { title: 'New' }) })
    })
    await settle()
    const begin = () => {
      const menu = menuOf(links()[0] ?? '')
      const panel = menu.querySelector('[popover]') ?? document.body
      fireEvent(panel, Object.assign(new Event('beforetoggle'), { newState: 'open' }))
      const item = within(menu).getByRole('menuitem', { name: 'Rename', hidden: true })
      Object.assign(panel, { hidePopover: () => undefined })
      fireEvent.click(item)
      return screen.getByRole('textbox', { name: 'New name' })
    }
    fireEvent.keyDown(begin(), { key: 'Escape' })
    expect(links()).toEqual(['Title 0'])
    const field = begin()
    fireEvent.change(field, { target: { value: ' New ' } })
    fireEvent.keyDown(field, { key: 'Enter' })
    await settle()
    expect(links()).toEqual(['New'])
    expect(calls.filter((call) => call.startsWith('PATCH'))).toEqual([
      'PATCH /api/threads/thread-0',
    ])
  })
})
