export type Histogram = { sum: number; count: number; values: Map<number, number> }

/** What /metrics is made of: counters by their sample's name and labels, histograms by name. */
export type EngineCounters = {
  add: (options: { name: string; by?: number }) => void
  get: (name: string) => number
  observe: (options: { name: string; value: number }) => void
  histogram: (name: string) => Histogram | undefined
  names: () => string[]
  clear: () => void
}

/** The finest step that the buckets of vLLM tell apart, so that few values are kept. */
const RESOLUTION = 1000

export function createEngineCounters(): EngineCounters {
  const counters = new Map<string, number>()
  const histograms = new Map<string, Histogram>()
  return {
    add: ({ name, by = 1 }) => counters.set(name, (counters.get(name) ?? 0) + by),
    get: (name) => counters.get(name) ?? 0,
    observe: ({ name, value }) => {
      const histogram = histograms.get(name) ?? { sum: 0, count: 0, values: new Map() }
      const rounded = Math.ceil(value * RESOLUTION) / RESOLUTION
      histogram.sum += value
      histogram.count += 1
      histogram.values.set(rounded, (histogram.values.get(rounded) ?? 0) + 1)
      histograms.set(name, histogram)
    },
    histogram: (name) => histograms.get(name),
    names: () => [...counters.keys()],
    clear: () => {
      counters.clear()
      histograms.clear()
    },
  }
}
