import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'

test.use({ appEnv: { MODEL: 'wanted/model' }, expectedErrors: [/503 \(Service Unavailable\)/] })

test('names the model that is wanted and the ones that are served, and opens when it is there', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  await chat.open()
  await expect(page.locator('[data-phase="wrong-model"]')).toBeVisible()
  await expect(chat.gate).toContainText('Qwen/Qwen3-4B-Instruct-2507')
  await expect(chat.gate).toContainText('wanted/model')
  await expect(chat.submit).toBeDisabled()
  stub.control.patch({ servedModels: ['wanted/model'] })
  await expect(chat.gate).toBeHidden()
  await chat.askAndWait('hello')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
})
