import { expect, test } from './fixtures.ts'
import { createChatPage } from './pages/chat-page.ts'
import { FULL_QUEUE } from './stub/full-queue.ts'

test.use({ expectedErrors: [/status of (4\d\d|5\d\d)/] })

test('keeps the partial answer when the engine is killed, shuts the gate, and goes on when it is back', async ({
  page,
  stub,
}) => {
  const chat = createChatPage(page)
  stub.control.patch({ tokenDelayMs: 40, tokenCount: 400 })
  await chat.open()
  await chat.ask('a long one')
  await expect(chat.lastAnswer).toContainText(/\w+ \w+ \w+/)
  const killedAtMs = Date.now()
  await stub.control.act({ action: 'die' })
  await expect(chat.gate).toBeVisible({ timeout: 5000 })
  expect(Date.now() - killedAtMs).toBeLessThan(4500)
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'interrupted')
  await expect(chat.lastAnswer).toContainText(/\w+ \w+ \w+/)
  await expect(chat.lastAnswer).toContainText('The engine died.')
  await stub.control.act({ action: 'restart' })
  stub.control.patch({ tokenDelayMs: 5, tokenCount: 10 })
  await expect(chat.gate).toBeHidden()
  await chat.askAndWait('and now?')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
})

test('retry gives a second answer to the same question', async ({ page, stub }) => {
  const chat = createChatPage(page)
  await chat.open()
  await expect(chat.gate).toBeHidden()
  stub.control.patch({
    error: { when: 'first', afterTokens: 0, status: 500, shape: 'nested', message: 'no luck' },
  })
  await chat.askAndWait('once more')
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'failed')
  await expect(chat.lastAnswer).toContainText('The engine failed on this request.')
  stub.control.patch({ error: null })
  await chat.lastAnswer.getByRole('button', { name: 'Retry' }).click()
  await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  await expect(chat.questions).toHaveCount(1)
})

test.describe('each fault of the engine has its sentence', () => {
  const faults = [
    {
      name: 'a context that is too long',
      scenario: { maxModelLen: 300 },
      question: 'word '.repeat(400),
      sentence: /too long for the engine.*300/s,
    },
    {
      name: 'a key that is refused',
      scenario: {
        error: { when: 'first', afterTokens: 0, status: 401, shape: 'unauthorized' },
      },
      sentence: /refuses this app's key/,
    },
    {
      name: 'a model that is not served',
      scenario: {
        error: {
          when: 'first',
          afterTokens: 0,
          status: 404,
          shape: 'nested',
          type: 'NotFoundError',
          message: 'The model `x` does not exist. Valid aliases: y.',
        },
      },
      sentence: /does not serve x; it serves y/,
    },
    {
      name: 'HTML where a stream is due',
      scenario: { html: true },
      sentence: /What answers is not an engine/,
    },
    { name: 'nothing but [DONE]', scenario: { bareDone: true }, sentence: /returned nothing/ },
    {
      name: 'a redirect',
      scenario: { redirectTo: 'http://127.0.0.1:9/v1/chat/completions' },
      sentence: /sends us on to 127\.0\.0\.1:9/,
    },
    {
      name: 'a full queue',
      scenario: FULL_QUEUE,
      sentence: /takes no more requests for now.*in 7 s/s,
    },
    {
      name: 'a line that is far too large',
      scenario: { giantLineBytes: 3_000_000, tokenCount: 20 },
      sentence: /far too large/,
    },
    {
      name: 'a cut connection',
      scenario: { cut: { afterTokens: 5, how: 'rst' }, tokenCount: 50 },
      sentence: /ended the stream in the middle/,
    },
  ] as const
  for (const { name, scenario, sentence, ...more } of faults) {
    test(name, async ({ page, stub }) => {
      const chat = createChatPage(page)
      await chat.open()
      await expect(chat.gate).toBeHidden()
      stub.control.patch(structuredClone(scenario))
      await chat.askAndWait('question' in more ? more.question : 'hello')
      await expect(chat.lastAnswer).toContainText(sentence)
      await expect(chat.questions).toHaveCount(1)
    })
  }
})
