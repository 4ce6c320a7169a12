import { afterEach, describe, expect, it, vi } from 'vitest'
import { createId } from './create-id'

afterEach(() => vi.unstubAllGlobals())

const real = globalThis.crypto
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('createId', () => {
  it.each([
    ['with', real],
    [
      'without',
      { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => real.getRandomValues(bytes) },
    ],
  ])('makes a version 4 UUID %s the secure context that randomUUID wants', (_, given) => {
    vi.stubGlobal('crypto', given)
    const ids = Array.from({ length: 500 }, createId)
    expect(ids.filter((id) => !UUID.test(id))).toEqual([])
    expect(new Set(ids).size).toBe(500)
  })
})
