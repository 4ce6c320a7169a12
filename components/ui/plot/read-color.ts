import type { PlotColor } from './plot-parts'

/** What a colour of the theme is at this moment, as a canvas takes it. */
export function readColor(color: PlotColor | 'border'): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${color}`).trim()
}
