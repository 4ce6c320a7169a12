// @vitest-environment happy-dom
import { act, cleanup, waitFor } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { createThreadStore } from '@/lib/client/create-thread-store'
import { buildPendingReply, type LiveReply } from '@/lib/client/thread-state'
import { SentenceAnnouncer } from './sentence-announcer'

afterEach(cleanup)

const question = {
  id: 'question',
  threadId: 'thread',
  parentId: null,
  role: 'user' as const,
  text: 'text',
  createdAtMs: 1,
}

it('says an answer by whole sentences as they come, and the rest at its end', async () => {
  const store = createThreadStore({ threadId: 'thread', messages: [question] })
  const { container } = renderPage(<SentenceAnnouncer store={store} intervalMs={0} />)
  const said = () => [...container.querySelectorAll('p')].map((each) => each.textContent)
  const reply = buildPendingReply({ question, runId: 'run', createdAtMs: 2 })
  const write = (text: string, live: LiveReply | undefined) =>
    act(() => store.setState({ messages: [question, { ...reply, text }], live }))
  const live = { runId: 'run', connection: 'open' } as LiveReply

  write('', live)
  write('One sentence. And ano', live)
  await waitFor(() => expect(said()).toEqual(['One sentence.']))
  write('One sentence. And another. The rest\n```\ncode\n```', undefined)
  expect(said()).toEqual(['One sentence.', 'And another. The rest', 'Code, 1 line.'])
})
