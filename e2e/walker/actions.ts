import type { Locator, Page } from '@playwright/test'
import type { Random } from '../harness/create-random.ts'

/** What a walker does in a tab; false where there was nothing to do it to. */
export type Action = (walk: { page: Page; random: Random; text: string }) => Promise<boolean>

const QUICK = { timeout: 2_000 }

/** One of what is there and can be pressed, chosen at random. */
async function pick(locator: Locator, random: Random): Promise<Locator | undefined> {
  const count = await locator.count()
  return count === 0 ? undefined : locator.nth(random.between(0, count - 1))
}

/** What was there a moment ago may be gone: another tab, or an answer that ended. */
async function isDone(steps: () => Promise<unknown>): Promise<boolean> {
  try {
    await steps()
    return true
  } catch (error) {
    if (error instanceof Error && /Timeout|detached|closed/i.test(error.message)) return false
    throw error
  }
}

async function press(locator: Locator, random: Random): Promise<boolean> {
  const one = await pick(locator, random)
  if (one === undefined) return false
  // By script: what is out of sight until it is pointed at can be pressed all the same.
  return isDone(() => one.dispatchEvent('click', undefined, QUICK))
}

const write = async (page: Page, text: string) =>
  isDone(async () => {
    await page.locator('#chat-input').fill(text, QUICK)
    await page.locator('#chat-input').press('Enter', QUICK)
  })

const edit =
  (role: 'user' | 'assistant', name: string): Action =>
  async ({ page, random, text }) => {
    const buttons = page.locator(`[data-message="${role}"]`).getByRole('button', { name })
    if (!(await press(buttons, random))) return false
    const editor = page.locator('#edit-chat-input')
    return isDone(async () => {
      await editor.fill(text, QUICK)
      if (random.chance(0.2)) return editor.press('Escape', QUICK)
      await editor.press('Control+Enter', QUICK)
    })
  }

const button =
  (name: string | RegExp): Action =>
  ({ page, random }) =>
    press(page.getByRole('main').getByRole('button', { name, disabled: false }), random)

const openThread: Action = async ({ page, random }) => {
  const link = await pick(page.locator('#threads li a'), random)
  if (link === undefined) return false
  return isDone(async () => {
    const path = await link.getAttribute('href', QUICK)
    await link.click(QUICK)
    await page.waitForURL((url) => url.pathname === path, { timeout: 10_000 })
  })
}

const changeThread =
  (action: string): Action =>
  async ({ page, random, text }) => {
    await page.locator('#threads').hover()
    const row = await pick(page.locator('#threads [data-thread]'), random)
    if (row === undefined) return false
    return isDone(async () => {
      await row.hover(QUICK)
      await row.getByRole('button').click(QUICK)
      await page.getByRole('menuitem', { name: action, exact: true }).click(QUICK)
      if (action === 'Rename') {
        await page.keyboard.type(text)
        await page.keyboard.press('Enter')
      }
      const undo = page.getByRole('button', { name: 'Undo' })
      if (action === 'Delete' && random.chance(0.7)) await undo.click(QUICK)
    })
  }

/** Each with its weight: how often it is chosen. */
export const ACTIONS: readonly { name: string; weight: number; run: Action }[] = [
  { name: 'send', weight: 24, run: ({ page, text }) => write(page, text) },
  { name: 'stop', weight: 8, run: button('Stop the answer') },
  { name: 'edit a question', weight: 9, run: edit('user', 'Edit question') },
  { name: 'edit an answer', weight: 6, run: edit('assistant', 'Edit answer') },
  { name: 'regenerate', weight: 9, run: button(/^(Regenerate|Retry)$/) },
  { name: 'another branch', weight: 12, run: button(/^(Previous|Next) (question|answer)$/) },
  { name: 'take back', weight: 2, run: button('Take back') },
  { name: 'fork', weight: 3, run: button('New chat from here') },
  { name: 'open a thread', weight: 8, run: openThread },
  { name: 'rename', weight: 2, run: changeThread('Rename') },
  { name: 'pin', weight: 2, run: changeThread('Pin') },
  { name: 'delete', weight: 2, run: changeThread('Delete') },
  {
    name: 'new chat',
    weight: 4,
    run: ({ page }) => {
      // The page of a deleted chat has no header, and another way to begin anew.
      const start = page.getByRole('link', { name: 'Start a new chat' })
      return isDone(() => page.locator('#new-chat-button').or(start).first().click(QUICK))
    },
  },
  {
    name: 'reload',
    weight: 9,
    run: async ({ page }) => {
      await page.reload()
      await page.locator('main').waitFor()
      return true
    },
  },
]
