import type { BatchMeter } from '@/lib/batch/create-batch-meter'
import type { BatchProgress } from '@/lib/domain/batch'
import { formatElapsed } from '@/lib/timing/format-elapsed'
import type { Terminal } from './terminal'

const BAR_WIDTH = 24
const REDRAW_MS = 250
const LINE_MS = 5000

/** `[#####···] 512/1000 · 12.3 rows/s · 412 tok/s · 8 in flight · 39 s left · 3 failed` */
function formatProgress(progress: BatchProgress): string {
  const { rows, complete, interrupted, failed, inFlight } = progress
  const done = complete + interrupted + failed
  const filled = Math.round((BAR_WIDTH * done) / Math.max(1, rows))
  const { rowsPerSecond, tokensPerSecond, leftMs } = progress
  return [
    `[${'#'.repeat(filled)}${'·'.repeat(BAR_WIDTH - filled)}] ${done}/${rows}`,
    ...(rowsPerSecond === undefined ? [] : [`${rowsPerSecond.toFixed(1)} rows/s`]),
    ...(tokensPerSecond === undefined ? [] : [`${tokensPerSecond.toFixed(0)} tok/s`]),
    `${inFlight} in flight`,
    ...(leftMs === undefined ? [] : [`${formatElapsed(leftMs)} left`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(interrupted === 0 ? [] : [`${interrupted} cut`]),
  ].join(' · ')
}

/** A bar on a terminal, a line every 5 s elsewhere, JSON where it was asked for. @returns how to end it */
export function reportProgress(options: {
  meter: BatchMeter
  terminal: Terminal
  isJson: boolean
}): () => void {
  const { meter, terminal, isJson } = options
  const isBar = terminal.isInteractive && !isJson
  const show = () => {
    const progress = meter.progress()
    if (isJson) terminal.print(`${JSON.stringify({ type: 'progress', ...progress })}\n`)
    else if (isBar) terminal.tell(`\r\x1b[2K${formatProgress(progress)}`)
    else terminal.tell(`${formatProgress(progress)}\n`)
  }
  const timer = setInterval(show, isBar ? REDRAW_MS : LINE_MS)
  show()
  return () => {
    clearInterval(timer)
    show()
    if (isBar) terminal.tell('\n')
  }
}
