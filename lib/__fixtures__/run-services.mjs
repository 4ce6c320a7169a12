// The app without its pages, as a whole process that can be killed: no engine is set and none is there.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

const root = new URL('../../', import.meta.url)

/** What a bundler does for our own imports: the alias, and the name without its end. */
registerHooks({
  resolve(specifier, context, next) {
    const isAlias = specifier.startsWith('@/')
    const from = context.parentURL ?? ''
    if (!isAlias && (!specifier.startsWith('.') || from.includes('/node_modules/'))) {
      return next(specifier, context)
    }
    const url = isAlias ? new URL(specifier.slice(2), root) : new URL(specifier, from)
    const typed = new URL(`${url.href}.ts`)
    return next(existsSync(typed) ? typed.href : url.href, context)
  },
})
const { parseEnv } = await import('../config/env.ts')
const { createServices } = await import('../services.ts')

const quiet = () => {}
const debug = ({ line = '' }) => {
  const pid = /stage=starting .*\bpid=(\d+)/.exec(line)?.[1]
  if (pid !== undefined) console.log(`engine ${pid}`)
}
process.chdir(root.pathname)
await createServices({
  env: parseEnv({ DATA_DIR: process.argv[2], DEFAULT_ENGINE_URL: 'http://127.0.0.1:9/v1' }),
  logger: { debug, info: quiet, warn: console.error, error: console.error },
})
