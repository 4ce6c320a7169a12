import { sleepUntilOnline } from './sleep-until-online'

const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 10_000

/**
 * Loads a part of the page that is fetched on first need, until it is there: without a network what
 * stands in its place stays, and the page does not break. Never rejects.
 */
export async function loadPart<Part>(
  load: () => Promise<Part>,
  { sleep = sleepUntilOnline }: { sleep?: (delayMs: number) => Promise<void> } = {},
): Promise<Part> {
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
    try {
      return await load()
    } catch {
      await sleep(delayMs)
    }
  }
}
