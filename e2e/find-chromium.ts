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
  // Reading the configuration needs no browser (knip does it on a machine without one); a launch names this file.
  return found ?? '/usr/bin/chromium'
}
