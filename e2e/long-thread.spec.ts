import type { APIRequestContext, APIResponse } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'

const TURNS = 60

/** Asks one question after another through the API. */
async function fillThread(request: APIRequestContext, threadId: string): Promise<void> {
  let parentId: string | null = null
  for (let turn = 1; turn <= TURNS; turn += 1) {
    const answer: APIResponse = await request.post('/api/chat', {
      data: {
        ...{ threadId, parentId, runId: crypto.randomUUID() },
        message: { id: crypto.randomUUID(), text: turn === 5 ? 'The quokka turn' : `Turn ${turn}` },
      },
    })
    const [, started]: string[] = /data: (\{"type":"start".*\})/.exec(await answer.text()) ?? []
    parentId = JSON.parse(started ?? '{}').messageId
  }
}

test('a long thread opens at its end, loads what stands above as one comes near, and jumps to what was found', async ({
  page,
  app,
  stub,
}) => {
  await app.untilReady()
  stub.control.patch({ text: 'One line.\n\nAnd another.\n\nAnd a third.' })
  const threadId = crypto.randomUUID()
  await fillThread(page.request, threadId)
  const chat = createChatPage(page)
  await chat.open(`/chat/${threadId}`)
  await expect(chat.questions.last()).toContainText(`Turn ${TURNS}`)
  await expect(chat.questions.last()).toBeInViewport()
  await expect(page.locator('[data-message]')).toHaveCount(25)

  const first = page.locator('[data-message]').first()
  const firstId = await first.getAttribute('id')
  await first.scrollIntoViewIfNeeded()
  const mark = page.locator(`[id="${firstId}"]`)
  await expect(page.locator('[data-message]')).toHaveCount(75)
  await expect(mark).toBeInViewport()
  const top = () => mark.evaluate((element) => Math.round(element.getBoundingClientRect().top))
  const before = await top()
  await expect.poll(top).toBe(before)

  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('quokka')
  await expect(page.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-found]')).toContainText('The quokka turn')
  await expect(page.locator('[data-found]')).toBeInViewport()
  await page.reload()
  await expect(page.locator('[data-message]').last()).toBeInViewport()
})
