import { type ClassValue, clsx } from 'clsx'

/** Joins classes. Two that set the same thing are a fault, which the journeys find: the later one need not win. */
export function cn(...inputs: ClassValue[]): string {
  return clsx(inputs)
}
