// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import type { UpstreamCall } from '@/lib/domain/reply-trace'
import { traceOf } from './__fixtures__/trace-of'
import { EngineStrip } from './engine-strip'
import { LedgerTable } from './ledger-table'
import { PrefixSection } from './prefix-section'

afterEach(cleanup)

const callOf = (id: string, more: Partial<UpstreamCall> = {}): UpstreamCall => ({
  id,
  kind: 'generation',
  cause: 'turn',
  startedAtMs: 0,
  durationMs: 412,
  outcome: 'ok',
  ...more,
})

describe('LedgerTable', () => {
  it('has a line for every call, with its cause and cost, and counts the kinds', () => {
    const onOpen = vi.fn()
    renderPage(
      <LedgerTable
        calls={[
          callOf('a', { messageId: 'm1', promptTokens: 614, completionTokens: 21 }),
          callOf('b', { kind: 'tokenize', cause: 'prefix-guard' }),
          callOf('c', { kind: 'probe', cause: 'something-new', count: 30 }),
        ]}
        onOpen={onOpen}
      />,
    )
    const [, turn, guard, probe] = screen.getAllByRole('row')
    for (const text of ['Generation', 'a question', '614', '21', '412 ms']) {
      within(turn ?? document.body).getByText(text)
    }
    within(guard ?? document.body).getByText('prefix cache check')
    expect(probe?.textContent).toContain('something-new × 30')
    expect(document.querySelector('p')?.textContent).toContain(
      'Generation 1 · Warm-up 0 · Tokenize 1 · Probe 30',
    )
    fireEvent.click(screen.getByRole('button', { name: 'Details' }))
    expect(onOpen).toHaveBeenCalledWith('m1')
  })
})

describe('EngineStrip', () => {
  it('shows what the engine reports, and says of the rest that it is not reported', () => {
    renderPage(
      <EngineStrip
        pulse={{ runningRequests: 7, kvCacheUsage: 0.123, ttftP95Ms: 412.4 }}
        isLive={true}
      />,
    )
    const figure = (name: string) =>
      document.querySelector(`[data-figure="${name}"] dd`)?.textContent
    expect(figure('runningRequests')).toBe('7')
    expect(figure('kvCacheUsage')).toBe('12.3 %')
    expect(figure('ttftP95Ms')).toBe('412 ms')
    expect(figure('waitingRequests')).toBe('not reported')
  })
})

describe('PrefixSection', () => {
  it('shows the system prompt as it was sent, and a verdict for each turn', async () => {
    const onOpen = vi.fn()
    const api = { loadTrace: async () => traceOf() }
    renderPage(
      <PrefixSection
        rows={[
          {
            messageId: 'm1',
            threadId: 't1',
            question: 'Why?',
            createdAtMs: 0,
            status: 'complete',
            prefixReason: 'evicted',
            timing: { e2elMs: 1, promptTokens: 614, cachedTokens: 0 },
          },
        ]}
        onOpen={onOpen}
        facts={null}
        api={api}
      />,
    )
    await screen.findByText('You are an assistant.')
    screen.getByRole('cell', { name: 'Evicted' })
    fireEvent.click(screen.getByRole('button', { name: /Show details/ }))
    expect(onOpen).toHaveBeenCalledWith('m1')
  })
})
