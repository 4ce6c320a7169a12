const SIZE_PX = 10

/** The page's font for the words in a plot, as a canvas takes it. */
export function readFont({ pxRatio }: { /** Canvas pixels per px. */ pxRatio: number }): string {
  return `${SIZE_PX * pxRatio}px ${getComputedStyle(document.body).fontFamily}`
}
