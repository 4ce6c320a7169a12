// @vitest-environment happy-dom
import { act, fireEvent, render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { recordEachCanvas } from './__fixtures__/record-canvas'
import { Plot } from './plot'
import type { PlotColor, PlotSeries, PlotShape, Point } from './plot-parts'

const canvas = recordEachCanvas()

const seriesOf = (shape: PlotShape, color: PlotColor, points: Point[]): PlotSeries<Point> => ({
  name: `${shape}s`,
  shape,
  color,
  points,
})
const THREE = [
  { x: 0, y: 100 },
  { x: 50, y: 0 },
  { x: 100, y: 50 },
]

type More = Partial<Parameters<typeof Plot<Point>>[0]>

function PlotOf(more: More) {
  return (
    <Plot
      label="Waits"
      series={[]}
      range={{ min: 0, max: 100 }}
      x={{ title: 'at', format: (value) => `x${value}` }}
      y={{ title: 'ms', format: (value) => `y${value}` }}
      write={({ x, y }) => `${y} at ${x}`}
      {...more}
    />
  )
}

async function draw(more: More) {
  const { rerender } = render(<PlotOf {...more} />)
  await vi.waitFor(() => expect(read().words).not.toEqual([]))
  return { redraw: (next: More) => rerender(<PlotOf {...more} {...next} />) }
}

function read() {
  const [drawing = { words: [], shapes: [] }] = canvas.listDrawings()
  return drawing
}
const over = () => screen.getByRole('img').querySelector('.u-over') ?? document.body
/** The plotting area is 564 px wide and 170 px high. */
const pointAt = (clientX: number, clientY: number) =>
  act(async () => void fireEvent.mouseMove(over(), { clientX, clientY }))

describe('Plot', () => {
  it.each<[PlotShape, object]>([
    ['dot', { how: 'fill', color: 'accent', circles: 3, lines: 0, bars: 0 }],
    ['ring', { how: 'stroke', color: 'accent', circles: 3, lines: 0, bars: 0 }],
    ['cross', { how: 'stroke', color: 'accent', circles: 0, lines: 6, bars: 0 }],
    ['bar', { how: 'fill', color: 'accent', circles: 0, lines: 0, bars: 3 }],
    ['line', { how: 'stroke', color: 'accent', circles: 0, lines: 3, bars: 0 }],
  ])('draws a %s for each point, in its colour', async (shape, expected) => {
    await draw({ series: [seriesOf(shape, 'accent', THREE)] })
    const visible = read().shapes.filter(({ color }) => color !== 'transparent')
    expect(visible).toEqual([expected])
  })

  it('has the words of both axes, and of the marks', async () => {
    await draw({
      series: [seriesOf('dot', 'accent', THREE)],
      ticksX: [-5, 10, 90, 105],
      marks: [{ x: 40, label: 'Restart' }],
    })
    const { words } = read()
    expect(words.filter((word) => /^x/.test(word))).toEqual(['x10', 'x90'])
    expect(words).toEqual(expect.arrayContaining(['y0', 'y60', 'y100', 'Restart']))
    screen.getByRole('img', { name: 'Waits' })
    for (const title of ['at', 'ms']) screen.getByText(title)
  })

  it('labels the marks that have room for it, on the side that has', async () => {
    const marks = [10, 11, 60, 99].map((x) => ({ x, label: `start at ${x}` }))
    await draw({ series: [seriesOf('dot', 'accent', THREE)], marks })
    const labels = read().words.filter((word) => word.startsWith('start'))
    expect(labels).toEqual(['start at 10', 'start at 60', 'start at 99'])
  })

  it('draws its axes where there is nothing, and what comes later', async () => {
    const { redraw } = await draw({})
    expect(read()).toEqual({ words: expect.arrayContaining(['x0', 'y0']), shapes: [] })
    redraw({ series: [seriesOf('bar', 'danger', THREE)] })
    await vi.waitFor(() => expect(read().shapes[0]?.bars).toBe(3))
    redraw({ series: [seriesOf('bar', 'danger', THREE.slice(1))] })
    await vi.waitFor(() => expect(read().shapes[0]?.bars).toBe(2))
    expect(canvas.listDrawings()).toHaveLength(1)
  })

  it('writes its axes anew when their words change', async () => {
    const series = [seriesOf('dot', 'accent', THREE)]
    const { redraw } = await draw({ series })
    redraw({ series, x: { title: 'um', format: (value) => `z${value}` } })
    await vi.waitFor(() => expect(read().words).toContain('z60'))
    expect(read().words.some((word) => word.startsWith('x'))).toBe(false)
  })

  it('takes the colours of another theme', async () => {
    await draw({ series: [seriesOf('dot', 'accent', THREE)] })
    document.documentElement.style.setProperty('--accent', 'accent-of-dark')
    document.documentElement.classList.toggle('dark')
    await vi.waitFor(() => expect(read().shapes.at(-1)?.color).toBe('accent-of-dark'))
  })

  it('says what is near the pointer, of whichever series, and picks it by a press', async () => {
    const onPick = vi.fn()
    const others = [{ x: 52, y: 0 }]
    await draw({
      series: [seriesOf('dot', 'accent', THREE), seriesOf('ring', 'warning', others)],
      onPick,
    })
    await pointAt(280, 165)
    screen.getByText('0 at 50')
    await pointAt(300, 165)
    screen.getByText('0 at 52')
    fireEvent.click(over())
    expect(onPick.mock.calls).toEqual([[{ x: 52, y: 0 }]])
    await pointAt(300, 100)
    expect(screen.queryByText(/ at /)).toBeNull()
    fireEvent.click(over())
    expect(onPick).toHaveBeenCalledTimes(1)
    await pointAt(280, 165)
    await act(async () => void fireEvent.mouseLeave(over()))
    expect(screen.queryByText(/ at /)).toBeNull()
  })

  it('leaves of 50,000 points those out that lie on others', async () => {
    const points = Array.from({ length: 50_000 }, (_, index) => ({
      x: (index * 7919) % 100,
      y: (index * 104_729) % 99_991,
    }))
    await draw({ series: [seriesOf('dot', 'accent', points)] })
    const circles = read().shapes.find(({ how }) => how === 'fill')?.circles ?? 0
    expect(circles).toBeGreaterThan(1_000)
    expect(circles).toBeLessThan(12_000)
  })
})
