// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import type { Reply } from '@/lib/domain/message'
import type { ReplyTiming } from '@/lib/domain/reply-timing'
import messages from '@/lib/i18n/messages/en.json'
import { TimingLine } from './timing-line'

afterEach(cleanup)

const full: ReplyTiming = {
  ttftMs: 412.3,
  overheadMs: 1.2,
  queueMs: 380.2,
  prefillMs: 25.1,
  decodeMs: 2700,
  otherMs: 5.8,
  e2elMs: 3204,
  tokensPerSecond: 41.2,
  promptTokens: 614,
  cachedTokens: 512,
  completionTokens: 112,
  aheadRequests: 7,
}

function renderLine(timing: ReplyTiming | undefined, more: Partial<Reply> = {}) {
  const reply: Reply = {
    id: 'a',
    threadId: 't',
    parentId: 'q',
    role: 'assistant',
    runId: 'r',
    text: 'Yes.',
    reasoning: '',
    status: 'complete',
    createdAtMs: 0,
    ...(timing === undefined ? {} : { timing }),
    ...more,
  }
  renderPage(<TimingLine reply={reply} />)
}

const without = (...names: (keyof ReplyTiming)[]): ReplyTiming => {
  const rest = Object.entries(full).filter(([name]) => !names.some((one) => one === name))
  return Object.fromEntries(rest) as ReplyTiming
}
const figures = () => screen.getAllByRole('button').map(({ textContent }) => textContent)
const descriptionOf = (name: string) => {
  const button = screen.getByRole('button', { name })
  return document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent ?? ''
}
const { timing: words } = messages

describe('TimingLine', () => {
  it('says the first token, its cause, the speed, the cache and the whole in one line', () => {
    renderLine(full)
    expect(figures()).toEqual([
      '412 ms TTFT',
      '380 ms queued behind 7',
      '25 ms prefill',
      '41 tok/s',
      '512/614 cached',
      '3.20 s',
    ])
    screen.getByRole('button', { name: '3.20 s in all' })
  })

  it.each([
    [
      'not even a first token came',
      ['ttftMs', 'tokensPerSecond'],
      ['— TTFT', '380 ms queued behind 7', '25 ms prefill', '— tok/s', '512/614 cached', '3.20 s'],
    ],
    [
      'the engine sends no metrics but a queue was seen',
      ['queueMs', 'prefillMs', 'decodeMs', 'otherMs'],
      ['412 ms TTFT', 'behind 7', '41 tok/s', '512/614 cached', '3.20 s'],
    ],
    [
      'the engine sends no metrics and was idle',
      ['queueMs', 'prefillMs', 'aheadRequests'],
      ['412 ms TTFT', '41 tok/s', '512/614 cached', '3.20 s'],
    ],
    [
      'the cached tokens are not reported',
      ['cachedTokens'],
      [
        '412 ms TTFT',
        '380 ms queued behind 7',
        '25 ms prefill',
        '41 tok/s',
        '—/614 cached',
        '3.20 s',
      ],
    ],
    [
      'there is no usage at all',
      ['cachedTokens', 'promptTokens', 'completionTokens', 'tokensPerSecond'],
      ['412 ms TTFT', '380 ms queued behind 7', '25 ms prefill', '— tok/s', '—/— cached', '3.20 s'],
    ],
    [
      'only the end is known',
      [
        'ttftMs',
        'queueMs',
        'prefillMs',
        'aheadRequests',
        'tokensPerSecond',
        'promptTokens',
        'cachedTokens',
      ],
      ['— TTFT', '— tok/s', '—/— cached', '3.20 s'],
    ],
  ] satisfies [string, (keyof ReplyTiming)[], string[]][])(
    'gives no figure that was not measured when %s',
    (_, absent, expected) => {
      renderLine(without(...absent))
      expect(figures()).toEqual(expected)
    },
  )

  it.each<[Reply['status'], (keyof ReplyTiming)[], string[]]>([
    ['stopped', [], ['412 ms TTFT', 'behind 7', '3.20 s']],
    ['interrupted', ['aheadRequests'], ['412 ms TTFT', '3.20 s']],
    ['failed', ['ttftMs', 'aheadRequests'], ['— TTFT', '3.20 s']],
  ])(
    'leaves out what an answer that is %s can never have, and asks for no flag',
    (status, absent, expected) => {
      const never: (keyof ReplyTiming)[] = [
        ...(['queueMs', 'prefillMs', 'otherMs', 'tokensPerSecond'] as const),
        ...(['promptTokens', 'cachedTokens', 'completionTokens'] as const),
      ]
      renderLine(without(...never, ...absent), { status })
      expect(figures()).toEqual(expected)
      for (const name of expected) {
        const button = screen.getByText(name)
        const id = button.closest('button')?.getAttribute('aria-describedby') ?? ''
        expect(document.getElementById(id)?.textContent).not.toContain('--enable')
      }
    },
  )

  it('shows what was reported of an answer that was stopped all the same', () => {
    renderLine(full, { status: 'stopped' })
    expect(figures()).toContain('512/614 cached')
    expect(figures()).toContain('41 tok/s')
  })

  it('says that a request which hardly waited ran beside others, not behind them', () => {
    renderLine({ ...full, queueMs: 0.08, aheadRequests: 3 })
    expect(figures().slice(1, 3)).toEqual(['0.1 ms queued', 'beside 3'])
  })

  it('defines each figure, and gives the reason for each gap', () => {
    renderLine(without('ttftMs', 'tokensPerSecond', 'cachedTokens'))
    expect(descriptionOf('— TTFT')).toBe(`${words.ttftDefinition} ${words.notReached}`)
    expect(descriptionOf('380 ms queued behind 7')).toBe(words.queuedDefinition)
    expect(descriptionOf('— tok/s')).toBe(words.rateMissing)
    expect(descriptionOf('—/614 cached')).toBe(words.cachedMissing)
  })

  it.each([
    [0, words.cachedNone],
    [512, words.cachedDefinition],
  ])('explains %d cached tokens', (cachedTokens, expected) => {
    renderLine({ ...full, cachedTokens })
    expect(descriptionOf(`${cachedTokens}/614 cached`)).toBe(expected)
  })

  it('names the missing flag where the cause of the wait cannot be told', () => {
    renderLine(without('queueMs', 'prefillMs', 'otherMs'))
    expect(descriptionOf('412 ms TTFT')).toContain('--enable-per-request-metrics')
    expect(descriptionOf('behind 7')).toContain('--enable-per-request-metrics')
  })

  it("adds the browser's own time to the first token", () => {
    renderLine(full, { paint: { browserTtftMs: 431.7 } })
    expect(descriptionOf('412 ms TTFT')).toContain(
      'Enter to first text painted in this browser: 432 ms.',
    )
  })

  it('is one stop of the Tab key; the arrows walk through its figures and round', () => {
    renderLine(full)
    const buttons = screen.getAllByRole('button')
    expect(buttons.map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1, -1, -1, -1])
    buttons[0]?.focus()
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowRight' })
    expect(document.activeElement).toBe(buttons[1])
    expect(buttons.map(({ tabIndex }) => tabIndex)).toEqual([-1, 0, -1, -1, -1, -1])
    buttons[0]?.focus()
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowLeft' })
    expect(document.activeElement).toBe(buttons.at(-1))
  })

  it('opens a definition with a press and shuts it with Escape', () => {
    renderLine(full)
    const button = screen.getByRole('button', { name: '41 tok/s' })
    fireEvent.click(button)
    expect(button.dataset.open).toBe('true')
    fireEvent.keyDown(document, { key: 'Escape' })
    expect(button.dataset.open).toBe('false')
  })

  it('says nothing while the answer runs, and says so when none was recorded', () => {
    renderLine(undefined, { status: 'streaming' })
    expect(screen.queryByRole('toolbar')).toBeNull()
    cleanup()
    renderLine(undefined, { status: 'interrupted' })
    screen.getByText(words.notRecorded)
    cleanup()
    renderLine(undefined, { status: 'complete' })
    expect(screen.queryByText(words.notRecorded)).toBeNull()
  })
})
