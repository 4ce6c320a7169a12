import { cleanup } from '@testing-library/react'
import { afterEach, beforeEach, vi } from 'vitest'

type Shapes = { how: 'fill' | 'stroke'; color: string; circles: number; lines: number; bars: number }

export type Drawing = { words: string[]; shapes: Shapes[] }

class RecordedPath {
  circles = 0
  lines = 0
  bars = 0
  moveTo() {}
  arc() {
    this.circles += 1
  }
  lineTo() {
    this.lines += 1
  }
  rect() {
    this.bars += 1
  }
}

const LETTER_PX = 6
const COLORS = ['accent', 'border', 'border-strong', 'danger', 'muted-foreground', 'warning']

/**
 * The canvas that the tests' DOM lacks: it keeps what was drawn last on each one that is on the page. Each
 * colour of the theme is its own name.
 */
function recordCanvas(): { listDrawings: () => Drawing[] } {
  const drawings = new Map<HTMLCanvasElement, { drawing: Drawing; context: object }>()
  for (const color of COLORS) document.documentElement.style.setProperty(`--${color}`, color)
  vi.stubGlobal('Path2D', RecordedPath)
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(function (
    this: HTMLCanvasElement,
  ) {
    const known = drawings.get(this) ?? createContext(this)
    drawings.set(this, known)
    return known.context as never
  })
  return {
    listDrawings: () =>
      [...drawings].filter(([{ isConnected }]) => isConnected).map(([, { drawing }]) => drawing),
  }
}

/** A canvas of its own for each test of a file, and nothing left of it afterwards. */
export function recordEachCanvas(): { listDrawings: () => Drawing[] } {
  let canvas: ReturnType<typeof recordCanvas>
  beforeEach(() => {
    canvas = recordCanvas()
  })
  afterEach(() => {
    cleanup()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })
  return { listDrawings: () => canvas.listDrawings() }
}

function createContext(canvas: HTMLCanvasElement) {
  const drawing: Drawing = { words: [], shapes: [] }
  const style = { fillStyle: '', strokeStyle: '' }
  const add = (how: Shapes['how'], path?: RecordedPath) => {
    if (!(path instanceof RecordedPath)) return
    const { circles, lines, bars } = path
    const color = how === 'fill' ? style.fillStyle : style.strokeStyle
    drawing.shapes.push({ how, color, circles, lines, bars })
  }
  const known: Record<PropertyKey, unknown> = Object.assign(style, {
    clearRect: () => {
      drawing.words = []
      drawing.shapes = []
    },
    fill: (path?: RecordedPath) => add('fill', path),
    stroke: (path?: RecordedPath) => add('stroke', path),
    measureText: (word: string) => ({ width: word.length * LETTER_PX }),
    fillText: (word: string) => drawing.words.push(word),
  })
  known.canvas = canvas
  const context = new Proxy(known, { get: (target, key) => target[key] ?? (() => undefined) })
  return { drawing, context }
}
