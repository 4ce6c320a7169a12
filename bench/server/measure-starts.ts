import type { App } from '../../e2e/start-app.ts'

/** The built app, stopped: from its start to the whole first page, in ms. */
export async function measureStarts(options: { app: App; starts: number }): Promise<number[]> {
  const { app } = options
  const values: number[] = []
  for (let index = 0; index < options.starts; index += 1) {
    await app.stop()
    const startedAtMs = performance.now()
    await app.restart()
    const response = await fetch(app.url)
    const page = await response.text()
    if (!page.includes('chat-input')) throw new Error(`The page came without its message box.`)
    values.push(performance.now() - startedAtMs)
  }
  return values
}
