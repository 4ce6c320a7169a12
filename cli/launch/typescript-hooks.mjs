// Preloaded (`node --import`) by programs that share code with the app: its imports carry no file ending.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

const ROOT = new URL('../../', import.meta.url)

function toUrl(specifier, parentURL) {
  if (specifier.startsWith('@/')) return new URL(specifier.slice(2), ROOT)
  return /^\.{1,2}\//.test(specifier) ? new URL(specifier, parentURL) : undefined
}

registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = toUrl(specifier, context.parentURL)
    const isOwn = url !== undefined && !url.pathname.includes('/node_modules/')
    if (!isOwn) return nextResolve(specifier, context)
    const typed = new URL(`${url.href}.ts`)
    return nextResolve(existsSync(typed) ? typed.href : url.href, context)
  },
})
