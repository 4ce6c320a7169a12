import type { Locator, Page } from '@playwright/test'

/** The list of threads beside the chat, as its user sees it. */
export type ThreadsPage = {
  sidebar: Locator
  /** The names of the threads, from the top. */
  names: Locator
  row: (title: string) => Locator
  /** Opens the menu of a thread and chooses from it. */
  choose: (options: { title: string; action: string }) => Promise<void>
  notice: Locator
}

export function createThreadsPage(page: Page): ThreadsPage {
  const sidebar = page.locator('#threads')
  const row = (title: string) =>
    sidebar.locator('[data-thread]').filter({ has: page.getByRole('link', { name: title }) })
  return {
    sidebar,
    names: sidebar.locator('li a'),
    row,
    choose: async ({ title, action }) => {
      // The living list takes the place of the server's when it is first needed.
      await sidebar.hover()
      const one = row(title)
      await one.hover()
      await one.getByRole('button').click()
      await page.getByRole('menuitem', { name: action, exact: true }).click()
    },
    notice: page
      .locator('[role="status"]')
      .filter({ has: page.getByRole('button', { name: 'Dismiss' }) }),
  }
}
