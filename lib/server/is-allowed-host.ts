import { isLoopbackHost } from '@/lib/config/is-loopback-host'

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/

/**
 * Whether the page may be served under the name that the browser used: loopback, HOST, or one of
 * ALLOWED_HOSTS (with a port only that port). A page of another site whose name was pointed at this
 * machine comes with its own name, and gets nothing.
 */
export function isAllowedHost(options: {
  hostHeader: string | null
  env: { host: string; allowedHosts: readonly string[] }
}): boolean {
  const { hostHeader, env } = options
  const value = hostHeader?.trim().toLowerCase() ?? ''
  const name = HOST.exec(value)?.[1]?.replace(/\.$/, '')
  if (name === undefined) return false
  if (isLoopbackHost(name) || name === toName(env.host)) return true
  return env.allowedHosts.some((allowed) => allowed === name || allowed === value)
}

function toName(host: string): string {
  const name = host.toLowerCase()
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name
}
