import { expect, it } from 'vitest'
import { toThreadTitle } from './to-thread-title'

it.each([
  ['What is TTFT?', 'What is TTFT?'],
  ['\n  \n\t Second line \nthird', 'Second line'],
  ['   ', ''],
  ['语'.repeat(90), '语'.repeat(80)],
  ['🧑'.repeat(90), '🧑'.repeat(80)],
])('names a thread after the first line with text of %j', (question, title) => {
  expect(toThreadTitle(question)).toBe(title)
})
