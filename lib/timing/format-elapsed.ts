/**
 * A running time in whole seconds, rounded down as clocks do: `43 s`, then `2:05`, then `1:02:03`.
 * Every locale reads the colon form, and its width does not change from one second to the next.
 */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000))
  if (seconds < 60) return `${seconds} s`
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60]
  const hours = Math.floor(seconds / 3600)
  if (hours === 0) return `${parts[0]}:${pad(parts[1])}`
  return `${hours}:${pad(parts[0])}:${pad(parts[1])}`
}

function pad(value = 0): string {
  return String(value).padStart(2, '0')
}
