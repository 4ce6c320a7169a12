/** A number as Python's `repr` of a float writes it, which is how pydantic puts it into JSON. */
export function formatPythonFloat(value: number): string {
  if (value === 0) return '0.0'
  const size = Math.abs(value)
  if (size < 1e-4 || size >= 1e16) {
    const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
    const sign = exponent.startsWith('-') ? '-' : '+'
    return `${mantissa}e${sign}${exponent.replace(/[+-]/, '').padStart(2, '0')}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** A sample as the Prometheus client of Python writes it: exponents from a million on. */
export function formatPrometheusNumber(value: number): string {
  const text = formatPythonFloat(value)
  const dot = text.indexOf('.')
  if (value <= 0 || dot <= 6 || text.includes('e')) return text
  const digits = `${text.slice(1, dot)}${text.slice(dot + 1)}`.replace(/0+$/, '')
  return `${text.charAt(0)}${digits === '' ? '' : `.${digits}`}e+0${dot - 1}`
}

/** JSON as Python's `json.dumps` writes it: a blank after each comma and colon, ASCII only. */
export function toPythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([name, item]) => `${toPythonJson(name)}: ${toPythonJson(item)}`,
    )
    return `{${fields.join(', ')}}`
  }
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A JSON value as Python's `repr` names it in a validation error. */
export function formatPythonValue(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}
