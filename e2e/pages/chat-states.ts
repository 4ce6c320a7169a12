import { expect, type Page } from '@playwright/test'
import type { StubWithLog } from '../fixtures.ts'
import { FULL_QUEUE } from '../stub/full-queue.ts'
import { sendChat } from '../stub/raw-request.ts'
import { type ChatPage, createChatPage } from './chat-page.ts'
import { createDebugPage } from './debug-page.ts'
import { CODE_ANSWER, MATHS_ANSWER, TABLE_ANSWER } from './state-answers.ts'
import { createThreadsPage } from './threads-page.ts'

/** Brings the page into a state and leaves it there; the engine stays as the state needs it. */
type EnterState = (parts: { page: Page; stub: StubWithLog }) => Promise<void>

/** What vLLM has said when two of three pieces of the weights are there; it says no more. */
const LOADING_LINES = [
  { atMs: 0, text: '  █▄█▀ █     █     █     █  version 0.32.0' },
  { atMs: 300, text: 'INFO 11-23 18:17:57 [model.py:733] Resolved architecture: Qwen3ForCausalLM' },
  { atMs: 1300, text: 'INFO 11-23 18:17:58 [model_runner.py:392] Loading model from scratch...' },
  { atMs: 1500, text: 'Loading safetensors checkpoint shards:  66% Completed | 2/3 [00:02<00:01]' },
]

const FATAL_START = 'vllm-0.26.0-gpu/fatal.kv-smaller-than-max-model-len.jsonl'

async function openReady(page: Page): Promise<ChatPage> {
  const chat = createChatPage(page)
  await chat.open()
  await expect(chat.gate).toBeHidden()
  return chat
}

/** Opens the start page while the gate is shut in this phase. */
async function openShut({ page, phase }: { page: Page; phase: string }): Promise<void> {
  const chat = createChatPage(page)
  await chat.open()
  await expect(chat.gate.and(page.locator(`[data-phase="${phase}"]`))).toBeVisible({
    timeout: 15_000,
  })
}

async function answerWith(options: Parameters<EnterState>[0] & { question: string; text: string }) {
  const { page, stub, question, text } = options
  stub.control.patch({ text })
  const chat = await openReady(page)
  await chat.askAndWait(question)
  return chat
}

/** Requests of others that hold the engine's only place, or wait for it. */
async function occupyEngine(stub: StubWithLog): Promise<void> {
  stub.control.patch({ maxNumSeqs: 1, stallAfterTokens: 0 })
  for (const content of ['one', 'two', 'three']) {
    void sendChat({
      port: stub.port,
      body: { messages: [{ role: 'user', content }], stream: true },
    })
  }
  await stub.control.waitForStatus({ is: { running: 1, waiting: 2 } })
}

/** Every state of the chat's page, while nothing can be sent and after. */
export const CHAT_STATES = {
  unreachable: async ({ page, stub }) => {
    await stub.control.act({ action: 'stop' })
    await openShut({ page, phase: 'unreachable' })
  },

  loading: async ({ page, stub }) => {
    stub.control.patch({ loadingMs: 60_000, logLines: LOADING_LINES })
    await stub.control.act({ action: 'restart' })
    await openShut({ page, phase: 'loading' })
    await expect(page.locator('li[aria-current="step"]')).toContainText('66 %')
  },

  'start-failed': async ({ page, stub }) => {
    await stub.control.act({ action: 'stop' })
    await openShut({ page, phase: 'unreachable' })
    stub.control.patch({ logReplay: { file: FATAL_START, speed: 20, until: 'end' } })
    await stub.control.act({ action: 'restart' })
    await expect(createChatPage(page).gate).toContainText('--max-model-len')
  },

  'wrong-model': async ({ page, stub }) => {
    stub.control.patch({ servedModels: ['another/model'] })
    await openShut({ page, phase: 'wrong-model' })
  },

  dead: async ({ page, stub }) => {
    const chat = await openReady(page)
    await chat.askAndWait('Are you there?')
    stub.control.patch({ healthMode: '503' })
    await expect(page.locator('[data-phase="dead"]')).toBeVisible()
  },

  offline: async ({ page }) => {
    const chat = await openReady(page)
    await chat.askAndWait('Are you there?')
    await page.context().setOffline(true)
    await expect(page.locator('[data-phase="offline"]')).toBeVisible()
  },

  ready: async ({ page }) => {
    await openReady(page)
  },

  waiting: async ({ page, stub }) => {
    const chat = await openReady(page)
    await occupyEngine(stub)
    await expect(page.locator('[data-phase="saturated"]')).toBeAttached()
    await chat.ask('How long do I have to wait?')
    await expect(page.locator('[data-stage="queued"]')).toContainText('3')
  },

  streaming: async ({ page, stub }) => {
    const chat = await openReady(page)
    stub.control.patch({ stallAfterTokens: 260 })
    await chat.ask('Explain in detail what happens to a question.')
    await expect(chat.lastAnswer).toContainText('Tokenizing')
  },

  error: async ({ page, stub }) => {
    const chat = await openReady(page)
    stub.control.patch({ cut: { afterTokens: 60, how: 'rst' } })
    await chat.askAndWait('What is the time to first token?')
    stub.control.patch({ cut: null, ...FULL_QUEUE })
    await chat.askAndWait('And what shortens it?')
  },

  code: async (parts) => {
    const chat = await answerWith({
      ...parts,
      question: 'Write a Python script that measures the time to first token.',
      text: CODE_ANSWER,
    })
    await parts.page.waitForURL(/\/chat\//)
    await parts.page.reload()
    await expect(chat.lastAnswer.locator('pre')).toHaveAttribute('data-folded', 'true')
    await expect(chat.lastAnswer.locator('[data-token="keyword"]').first()).toBeVisible()
  },

  table: async (parts) => {
    const question = 'Compare the ways to serve the weights of Qwen3-4B in a table.'
    const chat = await answerWith({ ...parts, question, text: TABLE_ANSWER })
    await expect(chat.lastAnswer.getByRole('table')).toBeVisible()
  },

  maths: async (parts) => {
    const question = 'Show me the formula of attention.'
    const chat = await answerWith({ ...parts, question, text: MATHS_ANSWER })
    await expect(chat.lastAnswer.locator('math')).toHaveCount(9)
  },

  details: async ({ page }) => {
    const chat = await openReady(page)
    await chat.askAndWait('Where did the time of this answer go?')
    await createDebugPage(page).openLastAnswer()
  },

  branches: async ({ page, stub }) => {
    const chat = await openReady(page)
    stub.control.patch({ text: 'Teal, for what is measured; grey for what is not.' })
    await chat.askAndWait('Name a colour, and say what it is used for in a chart.')
    await chat.lastAnswer.getByRole('button', { name: 'Regenerate' }).click()
    await expect(chat.lastAnswer.getByRole('group', { name: 'Answer 2 of 2' })).toBeVisible()
    await chat.askAndWait('Name a sound.')
    await chat.questions.last().hover()
    await chat.questions.last().getByRole('button', { name: 'Edit question' }).click()
    await page.locator('#edit-chat-input').fill('Name a smell.')
    await page.keyboard.press('Enter')
    await expect(
      chat.questions.last().getByRole('group', { name: 'Question 2 of 2' }),
    ).toBeVisible()
    await expect(chat.lastAnswer).toHaveAttribute('data-status', 'complete')
  },

  threads: async ({ page }) => {
    const chat = await openReady(page)
    await chat.askAndWait('A first chat, with a name that the list has to cut somewhere near here')
    await page.locator('#new-chat-button').click()
    await expect(chat.questions).toHaveCount(0)
    await chat.askAndWait('A second chat')
    await createThreadsPage(page).row('A first chat').first().hover()
  },
} satisfies Record<string, EnterState>
