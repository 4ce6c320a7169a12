import { expect, type Page } from '@playwright/test'

type Message = { id: string; parentId: string | null; role: string; status?: string }

type Thread = { messages: Message[]; siblings: Record<string, string[]> }

type Summary = { id: string; isRunning: boolean }

async function listThreads(page: Page): Promise<Summary[]> {
  const threads: Summary[] = []
  let before = ''
  for (;;) {
    const answer = await page.request.get(`/api/threads?limit=200${before}`)
    const { threads: more, next } = (await answer.json()) as { threads: Summary[]; next?: string }
    threads.push(...more)
    if (next === undefined) return threads
    before = `&before=${encodeURIComponent(next)}`
  }
}

async function loadThread(page: Page, query: string): Promise<Thread | undefined> {
  const answer = await page.request.get(`/api/threads/${query}`)
  return answer.ok() ? ((await answer.json()) as Thread) : undefined
}

/** Question and answer take turns, each below the one before, and none is there twice. */
function expectChain(messages: Message[]): void {
  expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
  messages.forEach(({ parentId, role }, at) => {
    expect(parentId).toBe(messages[at - 1]?.id ?? null)
    expect(role).toBe(at % 2 === 0 ? 'user' : 'assistant')
  })
}

/** What a tab shows: no message twice, and the end of one branch of the server's, in its order. */
export async function expectSoundPage(page: Page): Promise<void> {
  const shown = await page
    .locator('[data-message]')
    .evaluateAll((elements) => elements.map(({ id }) => id.replace('message-', '')))
  expect(new Set(shown).size, 'a message is shown once').toBe(shown.length)
  const threadId = /\/chat\/([^/]+)$/.exec(new URL(page.url()).pathname)?.[1]
  const last = shown.findLast((id) => !id.startsWith('pending-'))
  const isDeleted = (await page.locator('[data-deleted]').count()) > 0
  if (threadId === undefined || last === undefined || isDeleted) return
  const thread = await loadThread(page, `${threadId}?through=${last}`)
  const ids = thread?.messages.map(({ id }) => id) ?? []
  const stored = shown.filter((id) => ids.includes(id))
  const at = ids.indexOf(stored[0] ?? '')
  expect(stored, 'in the order of the branch').toEqual(ids.slice(at, at + stored.length))
}

/** When all is at rest: every run has ended, every branch is sound, no id is in two places. */
export async function expectSoundStore(page: Page): Promise<{ threads: number; messages: number }> {
  await expect
    .poll(async () => (await listThreads(page)).filter(({ isRunning }) => isRunning), {
      timeout: 30_000,
    })
    .toEqual([])
  const home = new Map<string, string>()
  const threads = await listThreads(page)
  for (const { id } of threads) {
    const queue = ['']
    const seen = new Set<string>()
    for (const through of queue) {
      const thread = await loadThread(page, `${id}${through}`)
      expect(thread, `thread ${id} can be opened`).toBeDefined()
      expectChain(thread?.messages ?? [])
      for (const message of thread?.messages ?? []) {
        expect(message.status ?? 'complete', 'every run has ended').not.toBe('streaming')
        expect(home.get(message.id) ?? id, 'an id belongs to one thread').toBe(id)
        home.set(message.id, id)
        seen.add(message.id)
      }
      for (const sibling of Object.values(thread?.siblings ?? {}).flat()) {
        if (seen.has(sibling)) continue
        seen.add(sibling)
        queue.push(`?through=${sibling}`)
      }
    }
  }
  return { threads: threads.length, messages: home.size }
}
