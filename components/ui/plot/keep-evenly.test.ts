import { expect, it } from 'vitest'
import { keepEvenly } from './keep-evenly'

it.each([
  [6, [1, 2, 3, 4, 5, 6]],
  [5, [1, 3, 5]],
  [3, [1, 3, 5]],
  [2, [1, 4]],
  [1, [1]],
  [0, [1]],
])('of six at most %d are %j', (max, expected) => {
  expect(keepEvenly({ items: [1, 2, 3, 4, 5, 6], max })).toEqual(expected)
  expect(keepEvenly({ items: [], max })).toEqual([])
})
