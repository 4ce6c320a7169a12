import type { Locator, Page } from '@playwright/test'

/** The chat as its user sees it. */
export type ChatPage = {
  input: Locator
  submit: Locator
  stop: Locator
  /** The gate while it is shut. */
  gate: Locator
  questions: Locator
  answers: Locator
  lastAnswer: Locator
  /** A figure of the line under the last answer, by its name. */
  figure: (name: string) => Locator
  open: (path?: string) => Promise<void>
  /** Types and presses Enter. */
  ask: (text: string) => Promise<void>
  /** Asks and waits until the answer has ended. */
  askAndWait: (text: string) => Promise<void>
}

export function createChatPage(page: Page): ChatPage {
  const answers = page.locator('[data-message="assistant"] article')
  const input = page.locator('#chat-input')
  const submit = page.locator('#chat-submit')
  const chat: ChatPage = {
    input,
    submit,
    stop: page.locator('#stop-button'),
    gate: page.getByRole('region').and(page.locator('[data-phase]')),
    questions: page.locator('[data-message="user"]'),
    answers,
    lastAnswer: answers.last(),
    figure: (name) => answers.last().locator(`[data-figure="${name}"]`),
    open: async (path = '/') => {
      await page.goto(path)
    },
    ask: async (text) => {
      await input.fill(text)
      await page.locator('#chat-submit:enabled').waitFor()
      await input.press('Enter')
    },
    askAndWait: async (text) => {
      const before = await answers.count()
      await chat.ask(text)
      await answers.nth(before).and(page.locator(':not([data-status="streaming"])')).waitFor()
    },
  }
  return chat
}
