// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { createThreadStore } from '@/lib/client/create-thread-store'
import type { MeasureContext } from '@/lib/client/measure-context'
import type { SaveTrim } from '@/lib/client/save-trim'
import type { ContextMeter as Context } from '@/lib/domain/context-meter'
import { AppError } from '@/lib/domain/error'
import type { Question, Reply } from '@/lib/domain/message'
import { ContextMeter } from './context-meter'
import { DraftMeter } from './draft-meter'
import { TrimBorder } from './trim-border'
import { TrimNote } from './trim-note'

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const shown = () => document.querySelector('[data-context]')

describe('ContextMeter', () => {
  it.each<[string, Context, string, string | RegExp]>([
    [
      'fits',
      { promptTokens: 1234, maxModelLen: 8192, isTooLong: false },
      '1,234 / 8,192 tokens',
      '',
    ],
    [
      'near',
      { promptTokens: 7400, maxModelLen: 8192, isTooLong: false },
      '7,400 / 8,192 tokens',
      'Near the limit: 792 tokens are left for the answer.',
    ],
    [
      'too-long',
      { promptTokens: 9000, maxModelLen: 8192, isTooLong: true },
      '9,000 / 8,192 tokens',
      /Too long/,
    ],
    [
      'too-long',
      {
        maxModelLen: 8192,
        isTooLong: true,
        trim: { questionIds: ['a', 'b'], throughId: 'x', promptTokens: 7000, isEnough: true },
      },
      'over 8,192 tokens',
      /leave out the oldest turns/,
    ],
    [
      'too-long',
      {
        maxModelLen: 8192,
        isTooLong: true,
        trim: { questionIds: ['a'], promptTokens: 9000, isEnough: false },
      },
      'over 8,192 tokens',
      /even without the earlier turns/,
    ],
  ])('that %s says %j as %s', (state, context, figures, warning) => {
    renderPage(<ContextMeter context={context} store={createThreadStore({ threadId: 't' })} />)
    expect(shown()?.getAttribute('data-context')).toBe(state)
    screen.getByText(figures)
    const meter = document.querySelector('meter')
    expect(meter?.getAttribute('aria-valuetext')).toBe(figures)
    expect(meter?.getAttribute('aria-label')).toBe('Context in use with this message')
    if (warning === '') expect(screen.getByRole('status').textContent).toBe('')
    else expect(screen.getByRole('status').textContent).toMatch(warning)
  })
})

describe('DraftMeter', () => {
  beforeEach(() => void vi.useFakeTimers())

  function setUp(answer: () => Promise<Context>) {
    const store = createThreadStore({ threadId: 't' })
    const measure = vi.fn<MeasureContext>(answer)
    renderPage(<DraftMeter {...{ store, measure }} />)
    const type = async (draft: string, ms: number) =>
      act(async () => {
        store.actions.setDraft(draft)
        await vi.advanceTimersByTimeAsync(ms)
      })
    return { store, measure, type }
  }
  const small = async (): Promise<Context> => ({
    promptTokens: 10,
    maxModelLen: 100,
    isTooLong: false,
  })

  it('asks once, when typing has rested', async () => {
    const { measure, type } = setUp(small)
    for (const draft of ['H', 'He', 'Hel']) await type(draft, 200)
    expect(measure).not.toHaveBeenCalled()
    await type('Hello', 400)
    expect(
      measure.mock.calls.map(([{ text, threadId, parentId }]) => [text, threadId, parentId]),
    ).toEqual([['Hello', 't', null]])
    screen.getByText('10 / 100 tokens')
  })

  it('lets go of a question that a newer draft has overtaken', async () => {
    const { measure, type } = setUp(() => new Promise(() => undefined))
    await type('Hello', 400)
    expect(measure.mock.calls[0]?.[0].signal.aborted).toBe(false)
    await type('Hello there', 10)
    expect(measure.mock.calls[0]?.[0].signal.aborted).toBe(true)
  })

  it('is silent on an engine without a tokenizer to ask, and does not ask again', async () => {
    const { store, measure, type } = setUp(async () => {
      throw new AppError('engine_path_not_found')
    })
    await type('Hello', 400)
    await type('Hello again', 400)
    cleanup()
    renderPage(<DraftMeter {...{ store, measure }} />)
    await type('Hello once more', 400)
    expect(measure).toHaveBeenCalledTimes(1)
    expect(shown()).toBeNull()
  })
})

describe('TrimNote', () => {
  const question = (id: string, parentId: string | null, text: string): Question => ({
    id,
    threadId: 't',
    parentId,
    role: 'user',
    text,
    createdAtMs: 0,
  })
  const reply = (id: string, parentId: string): Reply => ({
    id,
    threadId: 't',
    parentId,
    role: 'assistant',
    runId: `run-${id}`,
    text: '',
    reasoning: '',
    status: 'failed',
    error: { code: 'engine_context_too_long' },
    createdAtMs: 0,
  })
  const failed = reply('a2', 'q2')
  const store = createThreadStore({
    threadId: 't',
    messages: [
      question('q1', null, 'The first long question\nwith more lines'),
      reply('a1', 'q1'),
      question('q2', 'a1', 'The second'),
      failed,
    ],
  })

  const offer: Context = {
    maxModelLen: 100,
    isTooLong: true,
    trim: { questionIds: ['q1'], throughId: 'a1', promptTokens: 80, isEnough: true },
  }
  const save = vi.fn<SaveTrim>(async () => undefined)
  const press = async (name: string) => {
    const button = await screen.findByRole('button', { name })
    await act(async () => fireEvent.click(button))
  }

  it('leaves them out and asks again, or says why nothing was changed', async () => {
    const retry = vi.spyOn(store.actions, 'retry').mockResolvedValue()
    const measure = async () => offer
    renderPage(<TrimNote canSend {...{ store, measure, save }} reply={failed} />)
    save.mockResolvedValueOnce({ code: 'app_unreachable' })
    await press('Leave them out and send again')
    screen.getByText(/Nothing was changed/)
    expect(retry).not.toHaveBeenCalled()
    await press('Leave them out and send again')
    expect(save).toHaveBeenLastCalledWith({ store, replyId: 'a1', isTrimEnd: true })
    expect(retry).toHaveBeenCalledWith(expect.objectContaining({ runId: 'run-a2' }))
  })

  it('is offered by the meter before the limit, under a line that says which', async () => {
    const near = { ...offer, promptTokens: 95, isTooLong: false }
    renderPage(<ContextMeter context={near} {...{ store, save }} />)
    fireEvent.click(screen.getByText('Leave out the oldest question…'))
    screen.getByText('The first long question')
    await press('Leave them out')
    expect(save).toHaveBeenLastCalledWith({ store, replyId: 'a1', isTrimEnd: true })
  })

  it('has a border that says what is not sent, and takes it back', async () => {
    renderPage(<TrimBorder {...{ store, save }} replyId="a1" />)
    screen.getByText(/The question above and its answer are no longer sent/)
    await press('Send them again')
    expect(save).toHaveBeenLastCalledWith({ store, replyId: 'a1', isTrimEnd: false })
  })

  it('names the oldest questions that would have to go', async () => {
    const measure = vi.fn<MeasureContext>(async () => offer)
    renderPage(<TrimNote canSend {...{ store, measure, save }} reply={failed} />)
    await screen.findByText('The first long question')
    screen.getByText(/without the oldest question/)
    expect(measure.mock.calls[0]?.[0]).toMatchObject({
      threadId: 't',
      parentId: 'a1',
      text: 'The second',
    })
  })

  it('is silent where the server cannot say', async () => {
    const measure = vi.fn<MeasureContext>(async () => {
      throw new AppError('engine_path_not_found')
    })
    renderPage(<TrimNote canSend {...{ store, measure, save }} reply={failed} />)
    await act(async () => {})
    expect(document.querySelector('[data-trim]')).toBeNull()
  })
})
