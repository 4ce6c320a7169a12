// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { createThreadStore } from '@/lib/client/create-thread-store'
import type { PublicError } from '@/lib/domain/error'
import type { Sampling } from '@/lib/domain/sampling'
import { SamplingButton } from './sampling-button'
import { SamplingDialog } from './sampling-dialog'

afterEach(cleanup)

function open(options: { sampling?: Sampling; refusal?: PublicError } = {}) {
  const store = createThreadStore({ threadId: 'thread', sampling: options.sampling })
  const saved: Sampling[] = []
  store.actions.setSampling = async (sampling) => {
    saved.push(sampling)
    return options.refusal
  }
  const onClose = vi.fn()
  renderPage(<SamplingDialog store={store} onClose={onClose} />)
  const field = (name: string) => screen.getByRole('textbox', { name })
  const write = (name: string, value: string) =>
    fireEvent.change(field(name), { target: { value } })
  const apply = () => act(async () => screen.getByRole('button', { name: 'Apply' }).click())
  return { saved, onClose, field, write, apply }
}

describe('the sampling of a thread', () => {
  it('is unset in every field, and says so', async () => {
    const { saved, onClose, apply } = open()
    const fields = screen.getAllByRole<HTMLInputElement>('textbox')
    expect(fields).toHaveLength(10)
    for (const { value, placeholder } of fields) {
      expect([value, placeholder]).toEqual(['', 'model’s default'])
    }
    await apply()
    expect(saved).toEqual([{}])
    expect(onClose).toHaveBeenCalledOnce()
  })

  it('saves what is set, and only that', async () => {
    const { saved, write, apply } = open({ sampling: { topK: 20 } })
    write('Temperature', '0.2')
    write('Stop', 'END\n\\n')
    await apply()
    expect(saved).toEqual([{ temperature: 0.2, topK: 20, stop: ['END', '\n'] }])
  })

  it('goes back to the model’s own values', async () => {
    const { saved, field, apply } = open({ sampling: { temperature: 0, seed: 4 } })
    fireEvent.click(screen.getByRole('button', { name: 'Reset to the model’s defaults' }))
    expect(field('Seed')).toHaveProperty('value', '')
    await apply()
    expect(saved).toEqual([{}])
  })

  it('saves nothing that the engine would refuse, says which field it is, and goes there', async () => {
    const { saved, onClose, field, write, apply } = open()
    write('Top p', '0')
    expect(field('Top p').getAttribute('aria-invalid')).toBe('false')
    await apply()
    expect(saved).toEqual([])
    expect(onClose).not.toHaveBeenCalled()
    expect(field('Top p').getAttribute('aria-invalid')).toBe('true')
    expect(document.activeElement).toBe(field('Top p'))
    screen.getByText(/^The engine would not take this\. Above 0, up to 1\./)
    write('Top p', '0.9')
    await apply()
    expect(saved).toEqual([{ topP: 0.9 }])
  })

  it('stays open and says why when the server does not keep it', async () => {
    const { onClose, write, apply } = open({ refusal: { code: 'storage_failed' } })
    write('Seed', '7')
    await apply()
    expect(onClose).not.toHaveBeenCalled()
    screen.getByText(/Not applied · The server could not save/)
  })
})

describe('the button of the sampling', () => {
  it('says how much is set', () => {
    const store = createThreadStore({ threadId: 'thread' })
    renderPage(<SamplingButton store={store} onOpen={() => undefined} />)
    screen.getByRole('button', { name: 'Sampling settings' })
    act(() => store.setState({ sampling: { seed: 1, topK: 5 } }))
    screen.getByRole('button', { name: 'Sampling settings, 2 set' })
  })
})
