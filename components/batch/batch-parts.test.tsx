// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { recordEachCanvas } from '@/components/ui/plot/__fixtures__/record-canvas'
import type { BatchRecord, BatchScan, BatchView, CompareReport } from '@/lib/domain/batch'
import { DEFAULT_BATCH_PLAN } from '@/lib/domain/batch'
import { CompareView } from './compare-view'
import { InputForm } from './input-form'
import { PlanForm } from './plan-form'
import { RowTable } from './row-table'
import { RunPanel } from './run-panel'
import { ScanResult } from './scan-result'

const canvas = recordEachCanvas()

const scan: BatchScan = { rows: 3, badRows: 0, bad: [], samples: ['a'], sha256: 'x' }

const batch: BatchRecord = {
  id: 'b1',
  name: 'list.csv',
  createdAtMs: 0,
  inputBytes: 9,
  state: 'running',
  scan,
}

describe('InputForm', () => {
  it('sends what was pasted, with the format that its first line shows', async () => {
    const onUpload = vi.fn()
    renderPage(<InputForm isBusy={false} onUpload={onUpload} />)
    const paste = screen.getByLabelText('Paste questions, one a line')
    fireEvent.change(paste, { target: { value: '{"prompt":"a"}' } })
    fireEvent.click(screen.getByRole('button', { name: 'Look through' }))
    const [{ name, input, reading }] = onUpload.mock.calls[0] ?? []
    expect([name, await input.text(), reading]).toEqual([
      'Pasted questions',
      '{"prompt":"a"}',
      { format: 'jsonl' },
    ])
  })

  it('has nothing to send before there is a question', () => {
    renderPage(<InputForm isBusy={false} onUpload={vi.fn()} />)
    expect(screen.getByRole('button', { name: 'Look through' })).toHaveProperty('disabled', true)
  })
})

describe('ScanResult', () => {
  it('names each bad row by its line, with its reason', () => {
    const bad: BatchScan['bad'] = [
      { line: 3, reason: 'wrong-column-count', details: { cells: 1, columns: 2 } },
      { line: 9, reason: 'broken-quotes', details: { endLine: 20 } },
      { line: 21, reason: 'unsupported-field', details: { field: 'tools' } },
    ]
    renderPage(<ScanResult scan={{ ...scan, bad, badRows: 3 }} />)
    const items = screen.getAllByRole('listitem').map(({ textContent }) => textContent)
    expect(items.slice(-3)).toEqual([
      'line 3 It has 1 cell, the head has 2.',
      'line 9 Its quotes are broken; it reaches to line 20.',
      'line 21 Its body has the field tools, which is not passed on.',
    ])
  })
})

describe('PlanForm', () => {
  it('begins with the default plan', () => {
    const onAct = vi.fn()
    renderPage(<PlanForm scan={scan} isBusy={false} onAct={onAct} />)
    fireEvent.click(screen.getByRole('button', { name: 'Start' }))
    expect(onAct).toHaveBeenCalledWith({
      action: 'start',
      plan: DEFAULT_BATCH_PLAN,
      isSkippingBad: false,
    })
  })

  it('begins with bad rows only when they are given up', () => {
    const onAct = vi.fn()
    renderPage(<PlanForm scan={{ ...scan, badRows: 1 }} isBusy={false} onAct={onAct} />)
    const start = screen.getByRole('button', { name: 'Start' })
    expect(start).toHaveProperty('disabled', true)
    fireEvent.click(screen.getByLabelText('Go on without them'))
    fireEvent.click(start)
    expect(onAct).toHaveBeenCalledWith(expect.objectContaining({ isSkippingBad: true }))
  })

  it('says what is wrong with a field, and does not begin', () => {
    renderPage(<PlanForm scan={scan} isBusy={false} onAct={vi.fn()} />)
    fireEvent.change(screen.getByLabelText('At once (1–256)'), { target: { value: '300' } })
    screen.getByText('A whole number, 1–256')
    expect(screen.getByRole('button', { name: 'Start' })).toHaveProperty('disabled', true)
  })
})

describe('RunPanel', () => {
  const show = (view: Partial<BatchView>, onAct = vi.fn()) => {
    renderPage(
      <RunPanel view={{ batch, holds: [], ...view }} hasRun isBusy={false} onAct={onAct} />,
    )
    return onAct
  }

  it('shows how far it is, at which rate, and why it waits', () => {
    show({
      holds: ['chat-waits'],
      progress: {
        ...{ rows: 3, complete: 1, interrupted: 0, failed: 1, inFlight: 1, elapsedMs: 61_000 },
        ...{ rowsPerSecond: 2, tokensPerSecond: 123.4, leftMs: 500 },
      },
    })
    expect(screen.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('2 of 3 rows')
    screen.getByText('A chat waits for its first token: it goes first.')
    const figure = (name: string) => document.querySelector(`[data-figure="${name}"]`)?.textContent
    expect([figure('tokens'), figure('elapsed'), figure('failed')]).toEqual([
      '123 tokens a second',
      '1:01 elapsed',
      '1 failed',
    ])
  })

  it.each([
    ['running', ['Pause', 'Cancel']],
    ['queued', ['Pause', 'Cancel']],
    ['paused', ['Go on', 'Cancel', 'Ask failed rows again']],
    ['halted', ['Go on', 'Ask failed rows again']],
    ['complete', ['Ask failed rows again']],
    ['comparing', ['Cancel']],
  ] as const)('offers what can be done while it is %s', (state, names) => {
    show({ batch: { ...batch, state, counts: { complete: 1, interrupted: 0, failed: 1 } } })
    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(names)
  })

  it('says why it was halted, and no longer once it goes on', () => {
    const error = { code: 'engine_unauthorized' } as const
    show({ batch: { ...batch, state: 'halted', error } })
    screen.getByText(/start the app again/)
    cleanup()
    show({ batch: { ...batch, state: 'running', error } })
    expect(screen.queryByText(/start the app again/)).toBeNull()
  })

  it('links its results in the chosen order', () => {
    show({ batch: { ...batch, counts: { complete: 1, interrupted: 0, failed: 0 } } })
    fireEvent.change(screen.getByLabelText('In the order of'), { target: { value: 'done' } })
    expect(screen.getByRole('link', { name: 'OpenAI batch' }).getAttribute('href')).toBe(
      '/api/batch/b1/results?format=openai&order=done',
    )
  })
})

describe('RowTable', () => {
  it('makes few of many rows, and asks for those', () => {
    const onLook = vi.fn()
    const items = [
      {
        index: 0,
        line: 2,
        prompt: 'a question',
        state: 'complete',
        text: 'an answer',
        ttftMs: 12.3,
      },
    ] as const
    renderPage(<RowTable count={100_000} rows={{ first: 0, items }} onLook={onLook} />)
    const rows = document.querySelectorAll('tr[data-row]')
    expect(rows.length).toBeLessThan(200)
    expect(onLook).toHaveBeenCalledWith({ first: 0, count: rows.length })
    expect(rows[0]?.textContent).toBe('1a questionanswered12an answer')
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('100001')
  })
})

describe('CompareView', () => {
  const level = { completed: 4, failed: 0, medianTtftMs: 20, p99TtftMs: 30 }
  const report: CompareReport = {
    rows: 4,
    levels: [
      { ...level, concurrency: 1, wallMs: 4000, meanE2elMs: 1000, outputTokensPerSecond: 10 },
      { ...level, concurrency: 4, wallMs: 1500, meanE2elMs: 1400, outputTokensPerSecond: 27 },
    ],
    knee: 4,
    change: { meanE2el: 0.4, wall: -0.625 },
  }

  it('sets what was measured beside what the article claims', () => {
    renderPage(<CompareView report={report} isRunning={false} />)
    screen.getByText('4 at once against 1')
    screen.getByText(/\+40% measured · the article claims −40 %/)
    screen.getByText(/-63% measured/)
    const table = screen.getByRole('table', { name: 'Levels of concurrency' })
    within(table).getByText('4 · knee')
  })

  it('draws a dot for each level, a path through them, and the knee', async () => {
    renderPage(<CompareView report={report} isRunning={false} />)
    await vi.waitFor(() => {
      const [{ shapes, words } = { shapes: [], words: [] }] = canvas.listDrawings()
      expect(shapes.find(({ color }) => color === 'accent')?.circles).toBe(2)
      expect(shapes.find(({ color }) => color === 'border-strong')?.lines).toBe(2)
      expect(words).toContain('knee')
    })
  })

  it('draws no conclusion before all levels are measured', () => {
    renderPage(<CompareView report={report} isRunning />)
    screen.getByText('2 levels measured …')
    expect(screen.queryByText(/knee|article/)).toBeNull()
  })
})
