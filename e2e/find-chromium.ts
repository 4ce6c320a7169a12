import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The system's Chromium: CHROMIUM_PATH (npm run e2e sets it), else the first one on the PATH. */
export function findChromium(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    process.env.CHROMIUM_PATH ?? '',
    ...folders.map((folder) => join(folder, 'chromium')),
  ]
  const found = candidates.find((file) => file !== '' && existsSync(file))
  if (found === undefined)
    throw new Error(
      'No Chromium found: run npm run e2e, which looks further, or set CHROMIUM_PATH.',
    )
  return found
}
