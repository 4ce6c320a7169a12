// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { useSidebar } from '@/components/providers/sidebar-provider'
import { ThreadsProvider, useThreads } from '@/components/providers/threads-provider'
import type { ThreadStore } from '@/lib/client/create-thread-store'
import type { ThreadEvent } from '@/lib/domain/thread-event'
import { ChatShell } from './chat-shell'

vi.mock('next/navigation', () => ({
  usePathname: () => '/chat/thread-1',
  useRouter: () => ({ push: () => undefined }),
}))

type Source = { onmessage: ((event: { data: string }) => void) | null }

const sources: Source[] = []
let isWide = true
let opened: ThreadStore | undefined

beforeEach(() => {
  isWide = true
  sources.length = 0
  vi.stubGlobal(
    'EventSource',
    class {
      onmessage = null
      constructor() {
        sources.push(this)
      }
      close() {}
    },
  )
  vi.stubGlobal('matchMedia', () => ({ matches: isWide }))
  vi.stubGlobal('fetch', async () => Response.json({ threads: [summary('Living')] }))
})

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const summary = (title: string) => ({
  ...{ id: 'thread-1', title, createdAtMs: 1, updatedAtMs: Date.now() },
  ...{ isPinned: false, isArchived: false, isRunning: false },
})

function Page() {
  const sidebar = useSidebar()
  opened = useThreads().open({ threadId: 'thread-1' }).store
  return (
    <>
      <button type="button" onClick={sidebar?.toggle}>
        toggle
      </button>
      <button type="button" onClick={() => sidebar?.setSearching(true)}>
        find
      </button>
    </>
  )
}

async function setUp({ timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone } = {}) {
  renderPage(
    <ThreadsProvider>
      <ChatShell isOpenAtFirst first={<p>written by the server</p>} timeZone={timeZone}>
        <Page />
      </ChatShell>
    </ThreadsProvider>,
  )
  await act(async () => {})
}

const tell = (event: ThreadEvent) =>
  act(async () => sources[0]?.onmessage?.({ data: JSON.stringify(event) }))
const press = (name: string) => act(async () => fireEvent.click(screen.getByText(name)))
const sidebar = () => document.getElementById('threads')

describe('the frame of the chat', () => {
  it('shows what the server wrote, and the living list from the first need on', async () => {
    await setUp()
    expect(screen.getByText('written by the server')).toBeTruthy()
    fireEvent.pointerEnter(sidebar() ?? document.body)
    await waitFor(() => expect(screen.getByText('Living')).toBeTruthy())
    expect(screen.queryByText('written by the server')).toBeNull()
  })

  it('needs it as soon as another tab does something, or the days are those of another time zone', async () => {
    await setUp()
    await tell({ type: 'thread-changed', threadId: 'thread-1', thread: summary('Living') })
    await waitFor(() => expect(screen.getByText('Living')).toBeTruthy())
    cleanup()
    await setUp({ timeZone: 'Pacific/Apia' })
    await waitFor(() => expect(screen.getByText('Living')).toBeTruthy())
    expect(document.cookie).toContain('timezone=')
  })

  it('lets the open thread know of its new name, its end and its return', async () => {
    await setUp()
    await tell({ type: 'thread-changed', threadId: 'thread-1', thread: summary('Renamed') })
    expect(opened?.getState().title).toBe('Renamed')
    await tell({ type: 'thread-deleted', threadId: 'thread-1' })
    expect(opened?.getState().isDeleted).toBe(true)
    await tell({ type: 'thread-changed', threadId: 'thread-1', thread: summary('Renamed') })
    expect(opened?.getState().isDeleted).toBe(false)
  })

  it('folds away beside the page, and remembers it; over a small page it is a sheet', async () => {
    await setUp()
    expect(sidebar()?.className).toContain('md:flex')
    await press('toggle')
    expect(sidebar()?.className).not.toContain('md:flex')
    expect(document.cookie).toContain('sidebar=closed')
    isWide = false
    await press('toggle')
    expect(document.getElementById('threads-sheet')).not.toBeNull()
    await waitFor(() => expect(screen.getByText('Living')).toBeTruthy())
    await press('toggle')
    expect(document.getElementById('threads-sheet')).toBeNull()
  })

  it('opens the search over everything', async () => {
    await setUp()
    await press('find')
    await waitFor(() => expect(screen.getByRole('combobox', { hidden: true })).toBeTruthy())
  })
})
