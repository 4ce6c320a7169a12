import { describe, expect, it } from 'vitest'
import { formatPrometheusNumber, formatPythonFloat, toPythonJson } from './python-text.ts'

describe('numbers and JSON as Python writes them', () => {
  it.each([
    [0, '0.0'],
    [9, '9.0'],
    [-1, '-1.0'],
    [37.45267999966018, '37.45267999966018'],
    [0.00001, '1e-05'],
    [0.0000123, '1.23e-05'],
    [1e16, '1e+16'],
    [1e22, '1e+22'],
  ])('writes the float %d as %s', (value, text) => {
    expect(formatPythonFloat(value)).toBe(text)
  })

  it.each([
    [0, '0.0'],
    [1264, '1264.0'],
    [999_999, '999999.0'],
    [1_115_136_000, '1.115136e+09'],
    [1_795_454_332.32, '1.79545433232e+09'],
    [2_000_000, '2e+06'],
  ])('writes the sample %d as %s', (value, text) => {
    expect(formatPrometheusNumber(value)).toBe(text)
  })

  it('writes JSON with blanks and in ASCII', () => {
    expect(toPythonJson({ a: [1, null, 'é'], b: { c: true } })).toBe(
      '{"a": [1, null, "\\u00e9"], "b": {"c": true}}',
    )
  })
})
