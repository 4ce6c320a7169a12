import { createServer } from 'node:net'
import { expect, test } from '@playwright/test'
import { createChatPage } from '../pages/chat-page.ts'
import { startApp } from '../start-app.ts'
import { startEngine } from './start-engine.ts'

/** Serves a real engine on 127.0.0.1:$PORT, such as `vllm serve … --port $PORT`. */
const command = process.env.ENGINE_TEST_COMMAND ?? ''

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

test('an engine whose core is killed in the middle of an answer: the text stays, the gate shuts and opens by itself, a retry is a second answer', async ({
  page,
}) => {
  test.skip(command === '', 'ENGINE_TEST_COMMAND names no engine to start and to kill')
  test.setTimeout(900_000)
  const note = (type: string, description: string) =>
    test.info().annotations.push({ type, description })
  const port = await findFreePort()
  let engine = startEngine({ command, port })
  await engine.untilHealthy()
  const app = await startApp({ engineUrl: `http://127.0.0.1:${port}/v1` })
  try {
    await app.untilReady()
    const chat = createChatPage(page)
    await page.goto(app.url)
    await chat.ask('Write a very long story about a lighthouse keeper.')
    await expect(chat.lastAnswer).toContainText(/(\w+\W+){12}/)
    const killedMs = performance.now()
    process.kill(engine.corePid(), 'SIGKILL')
    await expect(chat.gate).toBeVisible({ timeout: 10_000 })
    const shutMs = Math.round(performance.now() - killedMs)
    note('gate', `shut ${shutMs} ms after kill -9: ${await chat.gate.innerText()}`)
    expect(shutMs).toBeLessThan(3000)
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'interrupted')
    const text = await chat.lastAnswer.locator('.answer-text').innerText()
    note('kept as interrupted', await chat.lastAnswer.innerText())

    await engine.stop()
    engine = startEngine({ command, port })
    await engine.untilHealthy()
    const healthyMs = performance.now()
    await expect(chat.gate).toBeHidden({ timeout: 30_000 })
    note('gate', `open ${Math.round(performance.now() - healthyMs)} ms after /health said 200`)

    await chat.lastAnswer.getByRole('button', { name: 'Retry' }).click()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'streaming')
    await expect(chat.lastAnswer).toContainText(/(\w+\W+){12}/)
    await chat.stop.click()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'stopped')
    await expect(chat.lastAnswer.getByRole('group', { name: 'Answer 2 of 2' })).toBeVisible()
    note('second answer', await chat.lastAnswer.innerText())
    await expect(chat.questions).toHaveCount(1)
    await chat.lastAnswer.getByRole('button', { name: 'Previous answer' }).click()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'interrupted')
    expect(await chat.lastAnswer.locator('.answer-text').innerText()).toBe(text)
  } finally {
    await app.dispose()
    await engine.stop()
  }
})
