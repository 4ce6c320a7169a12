export type YamlValue = string | number | boolean | YamlValue[] | { [key: string]: YamlValue }

/** Plain only where no YAML reader, of 1.1 or 1.2, could take it for something else. */
const PLAIN = /^[A-Za-z/][\w./-]*(?: [\w./-]+)*$/
const MEANS_ELSE = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i

function formatScalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  return PLAIN.test(value) && !MEANS_ELSE.test(value) ? value : JSON.stringify(value)
}

function isScalar(value: YamlValue): value is string | number | boolean {
  return typeof value !== 'object'
}

function isEmpty(value: YamlValue): boolean {
  return !isScalar(value) && Object.keys(value).length === 0
}

function formatLines(value: YamlValue): string[] {
  if (isScalar(value)) return [formatScalar(value)]
  if (isEmpty(value)) return [Array.isArray(value) ? '[]' : '{}']
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = formatLines(item)
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)]
    })
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const name = formatScalar(key)
    const lines = formatLines(item)
    if (isScalar(item) || isEmpty(item)) return [`${name}: ${lines[0]}`]
    return [`${name}:`, ...lines.map((line) => `  ${line}`)]
  })
}

/** One YAML document, two spaces deep, ending in a line break. */
export function toYaml(value: YamlValue): string {
  return `${formatLines(value).join('\n')}\n`
}
