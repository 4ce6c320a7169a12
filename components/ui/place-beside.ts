const GAP_PX = 6
const MARGIN_PX = 12

/**
 * Places an open popover (top layer, fixed) at its trigger, within the window: below it where there
 * is room, else above; its start or end at the trigger's.
 */
export function placeBeside({
  popover,
  trigger,
  side,
  align,
}: {
  popover: HTMLElement
  trigger: HTMLElement
  side: 'above' | 'below'
  align: 'start' | 'end'
}): void {
  const at = trigger.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = popover
  const { clientWidth, clientHeight } = document.documentElement
  const above = at.top - GAP_PX - height
  const below = at.bottom + GAP_PX
  const fitsBelow = below + height <= clientHeight - MARGIN_PX
  const isBelow = side === 'below' ? fitsBelow || above < MARGIN_PX : above < MARGIN_PX
  const left = align === 'start' ? at.left : at.right - width
  const maxLeft = clientWidth - MARGIN_PX - width
  popover.style.top = `${Math.max(MARGIN_PX, isBelow ? below : above)}px`
  popover.style.left = `${Math.max(MARGIN_PX, Math.min(left, maxLeft))}px`
}
