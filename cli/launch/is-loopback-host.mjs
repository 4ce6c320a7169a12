/** The same rule as lib/config/is-loopback-host.ts, which cannot be read before the install; a test holds them together. */
export function isLoopbackHost(host) {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}
