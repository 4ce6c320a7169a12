import { describe, expect, it } from 'vitest'
import { toMessageValues } from './to-message-values'

describe('toMessageValues', () => {
  it('fills in `unknown` for each argument that has no fact', () => {
    const message =
      'A <code>x</code>{free, select, unknown {} other {: {free} of {total, number}}} {host}'
    expect(toMessageValues({ message, details: { total: 24 } })).toEqual({
      free: 'unknown',
      total: 24,
      host: 'unknown',
    })
  })
})
