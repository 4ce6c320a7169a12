import { percentile } from '../lib/timing/percentile.ts'

/** One figure measured several times. */
export type Spread = { median: number; min: number; max: number; count: number }

export function toSpread(values: readonly number[]): Spread {
  return {
    median: percentile(values, 0.5) ?? Number.NaN,
    min: Math.min(...values),
    max: Math.max(...values),
    count: values.length,
  }
}

/**
 * How far two measurements of the same thing lie apart: the largest difference in an A/A run. A
 * difference between two things that is not larger has not been shown.
 */
export function toNoise(differences: readonly number[]): number {
  return Math.max(...differences.map(Math.abs))
}
