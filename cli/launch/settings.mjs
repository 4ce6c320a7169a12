import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import * as util from 'node:util'
import { isLoopbackHost } from './is-loopback-host.mjs'
import { LaunchError } from './launch-error.mjs'
import { ROOT } from './root.mjs'

function readDotEnv() {
  const file = join(ROOT, '.env')
  if (!existsSync(file)) return {}
  if (util.parseEnv === undefined) {
    throw new LaunchError(
      `Node ${process.version} cannot read the .env file: install Node 20.12 or newer, or set its keys as environment variables.`,
    )
  }
  return util.parseEnv(readFileSync(file, 'utf8'))
}

function readPort(value) {
  const port = Number(value)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new LaunchError(`PORT is "${value}"; it must be a whole number, 1–65535.`)
}

/**
 * The environment of the app, with the .env file under the real environment, and where to listen.
 * @throws {LaunchError} for an address that the app itself would refuse.
 */
export function loadSettings(overrides = {}) {
  const env = { ...readDotEnv(), ...process.env, ...overrides }
  const setting = (key, fallback) => (env[key] ?? '').trim() || fallback
  const host = setting('HOST', '127.0.0.1').replace(/^\[|\]$/g, '')
  if (!isLoopbackHost(host) && setting('AUTH', '') !== 'none') {
    throw new LaunchError(
      `HOST is ${host}, which other machines can reach, and there is no login: set AUTH=none to allow that, or HOST=127.0.0.1.`,
    )
  }
  const port = readPort(setting('PORT', '3000'))
  const name = isIP(host) === 6 ? `[${host}]` : host
  return { env, host, port, url: `http://${name}:${port}` }
}
