/** Waits, but no longer than until the browser says that the network is back. */
export function sleepUntilOnline(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      removeEventListener('online', wake)
      resolve()
    }
    const timer = setTimeout(wake, delayMs)
    addEventListener('online', wake)
  })
}
