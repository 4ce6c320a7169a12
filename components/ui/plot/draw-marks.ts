import type uPlot from 'uplot'
import type { PlotMark } from './plot-parts'
import { readColor } from './read-color'
import { readFont } from './read-font'

const GAP_PX = 4

/**
 * A dashed line across the plot with its label: at the left of it where the right has no room, and none where the
 * last one stands.
 */
export function drawMarks({ plot, marks }: { plot: uPlot; marks: readonly PlotMark[] }): void {
  const { ctx, bbox } = plot
  const pxRatio = devicePixelRatio
  ctx.save()
  ctx.strokeStyle = readColor('warning')
  ctx.fillStyle = readColor('warning')
  ctx.lineWidth = pxRatio
  ctx.setLineDash([4 * pxRatio, 3 * pxRatio])
  ctx.font = readFont({ pxRatio })
  ctx.textAlign = 'left'
  ctx.textBaseline = 'top'
  let takenTo = bbox.left
  for (const { x, label } of marks) {
    const left = plot.valToPos(x, 'x', true)
    ctx.beginPath()
    ctx.moveTo(left, bbox.top)
    ctx.lineTo(left, bbox.top + bbox.height)
    ctx.stroke()
    const gap = GAP_PX * pxRatio
    const { width } = ctx.measureText(label)
    const hasRoom = left + gap + width <= ctx.canvas.width
    const textLeft = hasRoom ? left + gap : left - gap - width
    if (textLeft < takenTo) continue
    ctx.fillText(label, textLeft, bbox.top)
    takenTo = textLeft + width + gap
  }
  ctx.restore()
}
