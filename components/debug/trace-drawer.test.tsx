// @vitest-environment happy-dom
import { act, fireEvent, screen, within } from '@testing-library/react'
import { useState } from 'react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { recordEachCanvas } from '@/components/ui/plot/__fixtures__/record-canvas'
import type { DebugApi } from '@/lib/client/debug-api'
import { AppError } from '@/lib/domain/error'
import type { ReplyTrace } from '@/lib/domain/reply-trace'
import messages from '@/lib/i18n/messages/en.json'
import { traceOf } from './__fixtures__/trace-of'
import { TraceDrawer } from './trace-drawer'

const canvas = recordEachCanvas()

beforeEach(() => {
  // The selector of the browser's own top layer, which this DOM does not know.
  const query = document.querySelector.bind(document)
  vi.spyOn(document, 'querySelector').mockImplementation((selector: string) =>
    selector.startsWith(':popover-open') ? null : query(selector),
  )
})

type LoadTrace = DebugApi['loadTrace']

async function openDrawer(loadTrace: LoadTrace) {
  const onClose = vi.fn()
  // One object for every render, as the page has it.
  const api = { loadTrace }
  renderPage(<TraceDrawer messageId="m1" onClose={onClose} api={api} />)
  await act(async () => {})
  return { onClose }
}
const openTrace = (more: Partial<ReplyTrace> = {}) => openDrawer(async () => traceOf(more))
const section = (name: string) => within(screen.getByRole('region', { name }))
const segment = (name: string) => document.querySelector(`[data-segment="${name}"]`)
const { trace: words } = messages

function PageWithButton() {
  const [isOpen, setOpen] = useState(false)
  const [api] = useState({ loadTrace: async () => traceOf() })
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        open
      </button>
      {isOpen ? <TraceDrawer messageId="m1" onClose={() => setOpen(false)} api={api} /> : null}
    </>
  )
}

describe('TraceDrawer', () => {
  it('shows each part of the time with its ms, and the whole', async () => {
    await openTrace()
    const shown = [
      'page',
      'overhead',
      'queue',
      'prefill',
      'other',
      'decode',
      'ending',
      'whole',
    ].map((name) => [name, segment(name)?.lastElementChild?.textContent])
    expect(shown).toEqual([
      ['page', '40 ms'],
      ['overhead', '2.0 ms'],
      ['queue', '400 ms'],
      ['prefill', '250 ms'],
      ['other', '8.0 ms'],
      ['decode', '400 ms'],
      ['ending', '20 ms'],
      ['whole', '1.12 s'],
    ])
  })

  it('draws the parts to one scale, each where the last one ended', async () => {
    await openTrace()
    const bars = [...document.querySelectorAll('[data-segment] rect')].map((bar) => [
      Number.parseFloat(bar.getAttribute('x') ?? ''),
      Number.parseFloat(bar.getAttribute('width') ?? ''),
    ])
    expect(bars).toHaveLength(7)
    expect(bars[2]?.[0]).toBeCloseTo((42 / 1120) * 100)
    expect(bars[2]?.[1]).toBeCloseTo((400 / 1120) * 100)
    for (const [x = 0, width = 0] of bars) expect(x + width).toBeLessThanOrEqual(100.3)
  })

  it('names the flag to add where the engine reports no parts, and gives them no bar', async () => {
    await openTrace({
      timing: { ttftMs: 660, overheadMs: 2, e2elMs: 1080 },
      paint: undefined,
    } as never)
    expect(segment('queue')?.textContent).toContain('--enable-per-request-metrics')
    expect(segment('queue')?.querySelector('rect')).toBeNull()
    expect(segment('other')?.lastElementChild?.textContent).toBe('658 ms')
    expect(segment('page')?.textContent).toContain(words.missing.page)
    expect(section(words.tokensTitle).getAllByText(/--enable-/)).toHaveLength(2)
  })

  it('asks for no flag where the answer was cut before the engine could say it', async () => {
    const timing = { ttftMs: 660, overheadMs: 2, e2elMs: 1080 }
    await openTrace({ timing, status: 'stopped' })
    expect(segment('queue')?.textContent).toContain(words.missing.cut)
    expect(document.body.textContent).not.toContain('--enable')
  })

  it('can be drawn up to the first token, when a long answer leaves its parts too thin', async () => {
    await openTrace()
    fireEvent.click(screen.getByRole('radio', { name: words.scaleTtft }))
    const queue = segment('queue')?.querySelector('rect')
    expect(Number.parseFloat(queue?.getAttribute('width') ?? '')).toBeCloseTo((400 / 700) * 100)
    expect(segment('decode')?.querySelector('rect')).toBeNull()
  })

  it('says why it was slow, and what the prefix cache gave beside the prediction', async () => {
    await openTrace()
    expect(document.querySelector('[data-flag="waited-behind-others"]')?.textContent).toBe(
      'Waited behind others 7 requests stood before it; it waited 400 ms in the queue.',
    )
    const prefix = section(words.prefixCache)
    prefix.getByText(messages.prefix['as-predicted'].label)
    expect(prefix.getAllByText('512')).toHaveLength(2)
  })

  it('says where the cache gave more than the conversation accounts for', async () => {
    await openTrace({
      prefix: { reason: 'as-predicted', predictedTokens: 224, reportedTokens: 240 },
    })
    section(words.prefixCache).getByText(words.prefix.more)
  })

  it('names the token at which a prompt changed, and shows the text around it', async () => {
    await openTrace({
      prefix: {
        reason: 'changed',
        changedAtToken: 131,
        changedText: 'Today is Tue',
        predictedTokens: 128,
      },
    })
    const prefix = section(words.prefixCache)
    prefix.getByText(/from token 131 on/)
    prefix.getByText('Today is Tue')
  })

  it('marks the stalls among the gaps, with a table behind the plot', async () => {
    await openTrace()
    const gaps = section(words.gapsTitle)
    gaps.getByText(/1 stall of 250 ms or more/)
    await vi.waitFor(() => {
      const [{ shapes } = { shapes: [] }] = canvas.listDrawings()
      expect(shapes.find(({ color }) => color === 'accent')?.bars).toBe(5)
      // A stall is a cross: two strokes.
      expect(shapes.find(({ color }) => color === 'danger')?.lines).toBe(2)
    })
    const details = document.querySelector('figure details')
    if (!(details instanceof HTMLDetailsElement)) throw new Error('no table behind the plot')
    details.open = true
    fireEvent(details, new Event('toggle'))
    expect(gaps.getAllByRole('row')).toHaveLength(7)
    gaps.getByRole('cell', { name: 'stall' })
  })

  it('shows the request as it was sent, and the answer', async () => {
    await openTrace()
    const request = section(words.requestTitle)
    for (const text of ['You are an assistant.', 'x-request-id', 'It is the wait.', 'stream']) {
      request.getByText(text)
    }
    const facts = section(words.factsTitle)
    for (const text of ['r1', 'm1', 'chatcmpl-1', '0.32.0', 'vllm-0.32.0-tp1'])
      facts.getByText(text)
  })

  it('copies it as curl and as a report', async () => {
    const copied: string[] = []
    vi.stubGlobal('navigator', {
      ...navigator,
      clipboard: { writeText: async (text: string) => void copied.push(text) },
    })
    await openTrace()
    for (const label of [words.copyCurl, words.copyReport]) {
      await act(async () => void fireEvent.click(screen.getByRole('button', { name: label })))
    }
    vi.unstubAllGlobals()
    expect(copied[0]).toMatch(/^curl -N 'http:\/\/127\.0\.0\.1:8000/)
    expect(copied[1]).toContain('| TTFT | 660 ms |')
    expect(screen.getAllByText(words.copied)).toHaveLength(2)
  })

  it('says why nothing can be shown, and tries again', async () => {
    let fails = true
    await openDrawer(async () => {
      if (fails) throw new AppError('message_not_found')
      return traceOf()
    })
    screen.getByText(messages.errors.message_not_found.text)
    fails = false
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: words.retry })))
    expect(segment('whole')?.textContent).toContain('1.12 s')
  })

  it('asks again while the answer runs, until it has ended', async () => {
    vi.useFakeTimers()
    let asked = 0
    await openDrawer(async () => {
      asked += 1
      return traceOf({ status: asked < 3 ? 'streaming' : 'complete' })
    })
    for (let round = 0; round < 8; round += 1) {
      await act(async () => vi.advanceTimersByTimeAsync(2_000))
    }
    vi.useRealTimers()
    expect(asked).toBe(3)
  })

  it('takes the focus, closes with Escape or its button, and gives the focus back', async () => {
    renderPage(<PageWithButton />)
    const button = screen.getByRole('button', { name: 'open' })
    for (const close of [
      () => fireEvent.keyDown(document.activeElement ?? document, { key: 'Escape' }),
      () => fireEvent.click(screen.getByRole('button', { name: words.close })),
    ]) {
      button.focus()
      await act(async () => void fireEvent.click(button))
      expect(screen.getByRole('dialog').contains(document.activeElement)).toBe(true)
      await act(async () => void close())
      expect(screen.queryByRole('dialog')).toBeNull()
      expect(document.activeElement).toBe(button)
    }
  })
})
