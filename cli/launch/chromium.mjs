import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { LaunchError } from './launch-error.mjs'
import { runChild } from './run-child.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const MAC_APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

function isRunnable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function findChromium() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    process.env.CHROMIUM_PATH,
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...(process.platform === 'darwin' ? MAC_APPLICATIONS : []),
  ]
  return candidates.find((file) => file && isRunnable(file))
}

async function installChromium() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const packages = ['chromium', 'fonts-noto-cjk']
  const steps = [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]
  for (const args of steps) {
    const code = await runChild({ command: 'apt-get', args, env })
    if (code !== 0)
      throw new LaunchError(
        `Chromium could not be installed: apt-get ${args[0]} ended with ${code}.`,
      )
  }
}

/**
 * The environment for Playwright, with the browser's file as CHROMIUM_PATH. On Debian, as root, a
 * missing Chromium is installed.
 * @throws {LaunchError}
 */
export async function ensureChromium() {
  let file = findChromium()
  if (file === undefined && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    await installChromium()
    file = findChromium()
  }
  if (file === undefined) {
    throw new LaunchError(
      'Chromium is needed for the end-to-end tests and was not found: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to its file.',
    )
  }
  return { ...process.env, CHROMIUM_PATH: file }
}
