// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '@/components/providers/__fixtures__/render-page'
import { ReadmeDialog } from './readme-dialog'

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

function open(fetchText: () => Promise<Response>) {
  const fetched = vi.fn(fetchText)
  vi.stubGlobal('fetch', fetched)
  const onClose = vi.fn()
  renderPage(<ReadmeDialog renderText={(text) => <p>{text}</p>} onClose={onClose} />)
  return { fetched, onClose }
}

describe('the readme', () => {
  it('is fetched when it is opened, in the language of the page', async () => {
    const { fetched } = open(async () => new Response('seven tips'))
    await screen.findByText('seven tips')
    expect(fetched.mock.calls).toMatchObject([['/readme.md', {}]])
  })

  it('says that it could not be loaded, and tries again', async () => {
    const answers = [new Response('', { status: 503 }), new Response('seven tips')]
    open(async () => answers.shift() ?? Response.error())
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }))
    await screen.findByText('seven tips')
  })

  it('closes by its button', async () => {
    const { onClose } = open(async () => new Response('seven tips'))
    fireEvent.click(screen.getByRole('button', { name: 'Close' }))
    expect(onClose).toHaveBeenCalledOnce()
  })
})
