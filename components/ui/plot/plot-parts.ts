export type Point = { x: number; y: number }

export type PlotShape = 'dot' | 'ring' | 'cross' | 'bar' | 'line'

/** The names of the theme's variables, without their dashes. */
export type PlotColor = 'accent' | 'border-strong' | 'danger' | 'muted-foreground' | 'warning'

export type PlotSeries<P extends Point> = {
  name: string
  shape: PlotShape
  color: PlotColor
  points: readonly P[]
}

export type PlotMark = { x: number; label: string }

export type PlotAxis = { format: (value: number) => string; title: string }

/** The lower and upper end of the horizontal axis; without it, from 0 to a little beyond the points. */
export type PlotRange = { min: number; max: number }

/** All that is drawn. */
export type PlotContent<P extends Point> = {
  series: readonly PlotSeries<P>[]
  x: PlotAxis
  y: PlotAxis
  range: PlotRange | undefined
  /** Where the horizontal axis is no plain number. */
  ticksX: readonly number[] | undefined
  marks: readonly PlotMark[]
  width: number
  height: number
}
