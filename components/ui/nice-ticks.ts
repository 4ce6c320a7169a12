/** Round values from 0 (or `min`) to at least `max`, about `count` of them, a step of 1, 2 or 5 times a power of ten apart. */
export function niceTicks({
  min = 0,
  max,
  count = 4,
}: {
  min?: number
  max: number
  count?: number
}): number[] {
  const span = max - min
  if (!(span > 0)) return [min, min + 1]
  const rough = span / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * (STEPS.find((one) => one * power >= rough * 0.999) ?? 10)
  const first = Math.floor(min / step)
  const last = Math.ceil(max / step - 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => round((first + index) * step, step))
}

const STEPS = [1, 2, 5]

/** 3 × 0.1 is 0.30000000000000004; a label is not. */
function round(value: number, step: number): number {
  const decimals = Math.max(0, -Math.floor(Math.log10(step)))
  return Number(value.toFixed(Math.min(20, decimals)))
}
