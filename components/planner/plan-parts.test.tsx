// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { buildPlan } from '@/lib/planner/build-plan'
import { type PlanFields, parsePlanFields } from '@/lib/planner/plan-fields'
import { NEWEST_VERSION } from '@/lib/planner/vllm-version'
import { BudgetBar } from './budget-bar'
import { ChatsTable } from './chats-table'
import { LintBox } from './lint-box'
import { PlanFigures } from './plan-figures'
import { PlanOutputs } from './plan-outputs'
import { PlanVerdict } from './plan-verdict'

afterEach(cleanup)

function optionsOf(fields: PlanFields) {
  const parsed = parsePlanFields(fields)
  if (!('value' in parsed)) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const planOf = (fields: PlanFields) => buildPlan(optionsOf(fields).input)

function renderVerdict(fields: PlanFields, hasProblems = false) {
  const set = vi.fn()
  renderPage(<PlanVerdict plan={planOf(fields)} hasProblems={hasProblems} set={set} />)
  return set
}

describe('PlanVerdict', () => {
  it('says no more than that it fits, where it fits', () => {
    renderVerdict({})
    expect(screen.getByRole('status').textContent).toMatch(/^Fits/)
    expect(screen.queryByRole('button')).toBeNull()
    expect(screen.queryByRole('list')).toBeNull()
  })

  it('says why it does not fit, and applies the change that makes it fit', () => {
    const set = renderVerdict({ 'max-model-len': '262144' })
    expect(screen.getByRole('status').textContent).toMatch(/^Does not fit/)
    screen.getByText(/One chat of 262,144 tokens needs 36 GiB/)
    screen.getByText('--max-model-len 88064')
    const [apply] = screen.getAllByRole('button', { name: 'Apply' })
    if (apply !== undefined) fireEvent.click(apply)
    expect(set).toHaveBeenCalledWith({ 'max-model-len': '88064' })
  })

  it('takes the suitable share along with a larger card', () => {
    const set = renderVerdict({
      gpus: '8',
      weights: 'awq',
      'kv-cache-dtype': 'fp8',
      users: '2000',
    })
    const larger = screen.getByText(/a larger card/).closest('li')
    if (larger === null) throw new Error('no larger card')
    fireEvent.click(within(larger).getByRole('button'))
    expect(set).toHaveBeenCalledWith({
      gpu: expect.any(String),
      'gpu-memory-utilization': '',
    })
  })

  it('says when nothing helps, and when a field counts as empty', () => {
    renderVerdict({ model: 'Qwen3-235B-A22B-Instruct-2507', gpu: 'T4' }, true)
    screen.getByText(/take a smaller model/)
    screen.getByText('A field with a problem counts as empty.')
  })
})

describe('BudgetBar', () => {
  it('has the same figures in its bar, its name and its table', () => {
    renderPage(<BudgetBar plan={planOf({ weights: 'awq' })} />)
    const bar = screen.getByRole('img')
    expect(bar.getAttribute('aria-label')).toMatch(/^Weights 11.2 %, Peak activation 3.1 %/)
    const table = screen.getByRole('table', { name: 'The figures behind the bar' })
    const rows = within(table).getAllByRole('row').slice(1)
    expect(rows.map((row) => row.textContent)).toHaveLength(7)
    expect(rows[0]?.textContent).toBe('Weightsestimate2.63 GiB11.2 %yes')
    expect(rows.at(-1)?.textContent).toMatch(/^Freeestimate0.92 GiB/)
    const widths = [...bar.querySelectorAll('rect')].map((rect) =>
      Number(rect.getAttribute('width')),
    )
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(1000)
  })
})

describe('PlanFigures', () => {
  it('explains each figure with its own numbers, and marks estimates', () => {
    renderPage(<PlanFigures figures={planOf({}).figures} />)
    const term = screen.getByRole('button', { name: 'KV cache of a token' })
    const definition = document.getElementById(term.getAttribute('aria-describedby') ?? '')
    expect(definition?.textContent).toBe(
      "2 (keys and values) × 8 KV heads × 128 × 2 B × 36 layers. From the shapes in the model's config.json.",
    )
    expect(document.querySelector('[data-figure="kvBytesPerTokenPerGpu"]')?.textContent).toMatch(
      /144 KiB$/,
    )
    expect(document.querySelector('[data-figure="kvTokensColdStart"]')?.textContent).toMatch(
      /estimate88,080 tokens$/,
    )
  })
})

describe('ChatsTable', () => {
  it('counts chats at each length, and says which are longer than allowed', () => {
    renderPage(<ChatsTable chatsAtOnce={planOf({}).chatsAtOnce} />)
    expect(screen.getAllByRole('row').map((row) => row.textContent)).toEqual([
      'Length of eachAt once',
      '4,096 tokens21',
      '8,192 tokens10',
      '16,384 tokens5',
      '32,768 tokens2longer than the context length',
      '262,144 tokens0longer than the context length',
    ])
  })
})

describe('PlanOutputs', () => {
  it('shows each output under its tab, and gives every flag its reason', () => {
    renderPage(<PlanOutputs options={optionsOf({ weights: 'awq', vllm: '0.40' })} />)
    screen.getByText(/Weights in this format are not known by a name/)
    screen.getByText(/vLLM 0.40 is newer than what is known here/)
    expect(screen.getByRole('region', { name: 'vllm serve' }).textContent).toContain(
      'vllm serve /models/Qwen3-4B-Instruct-2507-AWQ',
    )
    fireEvent.click(screen.getByRole('tab', { name: 'compose.yaml' }))
    expect(screen.getByRole('region', { name: 'compose.yaml' }).textContent).toContain('services:')
    expect(document.querySelector('[data-why="port"] dd')?.textContent).toContain(
      'http://127.0.0.1:8000/v1',
    )
    expect(document.querySelectorAll('[data-why]').length).toBe(11)
  })
})

describe('LintBox', () => {
  it('is silent until something is pasted, and then says what is to be said', () => {
    renderPage(<LintBox version={NEWEST_VERSION} />)
    const field = screen.getByRole('textbox', { name: 'Command' })
    expect(screen.getByRole('status').textContent).toBe('')
    fireEvent.change(field, {
      target: { value: 'vllm serve a/b --swap-space 4 --max-model-len 8k' },
    })
    expect(screen.getAllByRole('status')[0]?.textContent).toBe(
      '1 error, 2 warnings, 2 notes · Judged for vLLM 0.32.0',
    )
    screen.getByText(/It is gone since vLLM 0.18/)
    screen.getByText(/8k is 8,000, not 8,192/)
    const mended = screen.getByRole('region', { name: 'Mended' }).textContent
    expect(mended).toContain('--max-model-len 8192')
    expect(mended).not.toContain('swap-space')
  })

  it('takes no word of a command for markup', () => {
    renderPage(<LintBox version={NEWEST_VERSION} />)
    const field = screen.getByRole('textbox', { name: 'Command' })
    const text = "vllm serve a --dtype '<b>{x}</b>' --max-model-lan '{y}' --max-num-seqs"
    fireEvent.change(field, { target: { value: text } })
    expect(document.querySelector('li b')).toBeNull()
    screen.getByText('<b>{x}</b>')
  })
})
