import type { Locator } from '@playwright/test'

/** The points of a plot that have a colour of the theme exactly, in px of the page. */
export async function findColor({
  plot,
  color,
}: {
  /** What is announced as the plot. */
  plot: Locator
  /** The name of the theme's variable. */
  color: string
}): Promise<{ x: number; y: number }[]> {
  return await plot.locator('canvas').evaluate((canvas, name) => {
    if (!(canvas instanceof HTMLCanvasElement)) return []
    const probe = new OffscreenCanvas(1, 1).getContext('2d')
    const context = canvas.getContext('2d')
    if (probe === null || context === null) return []
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`)
    probe.fillRect(0, 0, 1, 1)
    const wanted = probe.getImageData(0, 0, 1, 1).data
    const { width, height } = canvas
    const { data } = context.getImageData(0, 0, width, height)
    const { left, top } = canvas.getBoundingClientRect()
    return Array.from({ length: width * height }, (_, index) => index)
      .filter((index) => wanted.every((part, at) => data[index * 4 + at] === part))
      .map((index) => ({
        x: left + (index % width) / devicePixelRatio,
        y: top + Math.floor(index / width) / devicePixelRatio,
      }))
  }, color)
}
