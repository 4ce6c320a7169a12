import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Proof } from './fault-row.ts'
import { FAULT_ROWS } from './fault-rows.ts'

const root = new URL('../../', import.meta.url)

/** A title in single quotes, double quotes or a template stands in the source as it is in the registry. */
function isThere({ file, title }: Proof): boolean {
  const source = readFileSync(new URL(file, root), 'utf8')
  return [`'${title}'`, `"${title}"`, `\`${title}\``, `'${title.replaceAll("'", "\\'")}'`].some(
    (quoted) => source.includes(quoted),
  )
}

it('has a row for each fault from F1 to F45, in order', () => {
  expect(FAULT_ROWS.map(({ id }) => id)).toEqual(
    Array.from({ length: 45 }, (_, index) => `F${index + 1}`),
  )
})

it.each(FAULT_ROWS.map((row) => [row.id, row] as const))(
  '%s is proven by tests that exist, one of which bears its id',
  (id, { proofs, isAbsent, ...words }) => {
    if (isAbsent !== undefined) {
      expect(proofs).toEqual([])
      return
    }
    expect(proofs.some(({ title }) => title.startsWith(`${id} `))).toBe(true)
    expect(proofs.filter((proof) => !isThere(proof))).toEqual([])
    for (const text of Object.values(words)) expect(text).not.toBe('')
  },
)

it('leaves out nothing but the parts that are not there by default', () => {
  const absent = FAULT_ROWS.filter(({ isAbsent }) => isAbsent !== undefined)
  expect(absent.map(({ id }) => id)).toEqual(['F44'])
})
