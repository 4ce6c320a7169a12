// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { useState } from 'react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { recordEachCanvas } from '@/components/ui/plot/__fixtures__/record-canvas'
import type { TimingRow } from '@/lib/domain/timing-row'
import messages from '@/lib/i18n/messages/en.json'
import type { RowFilter } from './filter-rows'
import { NEWEST_FIRST } from './sort-rows'
import { TimingMessages } from './timing-messages'

const canvas = recordEachCanvas()

beforeEach(() => {
  localStorage.clear()
})

const rowOf = (index: number, more: Partial<TimingRow> = {}): TimingRow => ({
  messageId: `m${index}`,
  threadId: `t${index % 3}`,
  question: `Question ${index}`,
  createdAtMs: index,
  status: 'complete',
  model: index % 2 === 0 ? 'even' : 'odd',
  timing: { ttftMs: index, e2elMs: index * 2, promptTokens: 10, cachedTokens: index % 2 },
  ...more,
})
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => rowOf(count - 1 - index))

type PageProps = { rows: TimingRow[]; onOpen: (messageId: string) => void }

function Page({ rows, onOpen }: PageProps) {
  const [filter, onFilter] = useState<RowFilter>({})
  const [sorting, onSort] = useState(NEWEST_FIRST)
  return (
    <TimingMessages {...{ rows, filter, sorting, onFilter, onSort, onOpen, openId: undefined }} />
  )
}

function renderMessages(rows: TimingRow[]) {
  const onOpen = vi.fn()
  renderPage(<Page rows={rows} onOpen={onOpen} />)
  return { onOpen }
}

const bodyRows = () => [...document.querySelectorAll('tr[data-message-id]')]
const questions = () => bodyRows().map((row) => row.querySelector('a')?.textContent)
const percentile = (p: number, column: string) =>
  document
    .querySelector(`[data-percentile="${p}"] [data-column="${column}"]`)
    ?.getAttribute('data-value')

describe('TimingMessages', () => {
  it('narrows the rows, and percentiles and goodput follow', async () => {
    renderMessages(rowsOf(101))
    expect(percentile(50, 'ttft')).toBe('50')
    expect(percentile(99, 'ttft')).toBe('99')
    const target = screen.getByLabelText('Goodput target, ms')
    await act(async () => void fireEvent.change(target, { target: { value: 'ttft:49' } }))
    expect(document.querySelector('[data-goodput]')?.textContent).toBe('49.5 % met it (50 of 101)')

    const model = screen.getByLabelText('Model')
    await act(async () => void fireEvent.change(model, { target: { value: 'even' } }))
    screen.getByText('51 of 101 answers')
    expect(percentile(90, 'ttft')).toBe('90')
    expect(document.querySelector('[data-goodput]')?.textContent).toBe('49 % met it (25 of 51)')

    const slower = screen.getByLabelText('TTFT above, ms')
    await act(async () => void fireEvent.change(slower, { target: { value: '96' } }))
    expect(questions()).toEqual(['Question 100', 'Question 98'])
    await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Clear' })))
    screen.getByText('101 answers')
  })

  it('remembers the target, and says when it cannot be read', async () => {
    localStorage.setItem('first-token.goodput', 'ttft:10')
    renderMessages(rowsOf(21))
    const target = screen.getByLabelText('Goodput target, ms')
    expect(document.querySelector('[data-goodput]')?.textContent).toBe('52.4 % met it (11 of 21)')
    await act(async () => void fireEvent.change(target, { target: { value: 'fast' } }))
    expect(target.getAttribute('aria-invalid')).toBe('true')
    expect(localStorage.getItem('first-token.goodput')).toBe('fast')
  })

  it('sorts by a press on any heading, and turns round with the next one', async () => {
    renderMessages(rowsOf(5))
    const press = async (name: RegExp) =>
      act(async () => void fireEvent.click(screen.getByRole('button', { name })))
    await press(/^Question$/)
    expect(questions()[0]).toBe('Question 4')
    await press(/^Question$/)
    expect(questions()[0]).toBe('Question 0')
    expect(document.querySelector('th[aria-sort]')?.getAttribute('aria-sort')).toBe('ascending')
  })

  it('makes only the rows in view, and tells how many there are', () => {
    renderMessages(rowsOf(50_000))
    expect(bodyRows().length).toBeLessThan(120)
    expect(screen.getByRole('table', { name: '' }).getAttribute('aria-rowcount')).toBe('50004')
    screen.getByText('50,000 answers')
  })

  it('opens an answer by its row and by the button in it, not by the link to its conversation', () => {
    const { onOpen } = renderMessages(rowsOf(3))
    const [row] = bodyRows()
    if (row === undefined) throw new Error('no row')
    const cell = row.querySelector('td:nth-child(4)')
    if (cell !== null) fireEvent.click(cell)
    expect(onOpen.mock.calls).toEqual([['m2']])
    fireEvent.click(row.querySelector('button') ?? row)
    expect(onOpen.mock.calls).toEqual([['m2'], ['m2']])
    fireEvent.click(row.querySelector('a') ?? row)
    expect(onOpen).toHaveBeenCalledTimes(2)
  })

  it('draws cold and cached apart, marks the starts of the engine, and has a table behind each plot', async () => {
    const rows = rowsOf(6).map((row, index) => ({
      ...row,
      activity: { processStartedAtMs: index < 3 ? 2.5 : -1 },
    }))
    renderMessages(rows)
    const drawn = () =>
      canvas.listDrawings().map(({ shapes, words }) => ({
        cached: shapes.find(({ how, color }) => how === 'fill' && color === 'accent')?.circles,
        cold: shapes.find(({ how, color }) => how === 'stroke' && color === 'warning')?.circles,
        restarts: words.filter((word) => word === messages.debug.charts.restart).length,
      }))
    await vi.waitFor(() =>
      expect(drawn()).toEqual([
        { cached: 3, cold: 3, restarts: 1 },
        { cached: 3, cold: 3, restarts: 0 },
      ]),
    )
    for (const details of document.querySelectorAll('figure details')) {
      if (details instanceof HTMLDetailsElement) details.open = true
      await act(async () => void fireEvent(details, new Event('toggle')))
    }
    expect(screen.getAllByRole('cell', { name: 'cold' })).toHaveLength(6)
  })

  it('says so when there is nothing, and when nothing fits', async () => {
    renderMessages([])
    screen.getByText('No answer has been recorded yet.')
    cleanup()
    renderMessages(rowsOf(3))
    const status = screen.getByLabelText('Status')
    await act(async () => void fireEvent.change(status, { target: { value: 'failed' } }))
    screen.getByText('No answer fits this filter.')
  })

  it('hands the filter to the exports', async () => {
    renderMessages(rowsOf(3))
    const model = screen.getByLabelText('Model')
    await act(async () => void fireEvent.change(model, { target: { value: 'odd' } }))
    expect(screen.getByRole('link', { name: 'CSV' }).getAttribute('href')).toBe(
      '/api/timings/export?model=odd&format=csv',
    )
  })
})
