export type CheckedSample = { name: string; labels: Record<string, string>; value: number }

export type CheckedFamily = { type: string; help: string; samples: CheckedSample[] }

const METRIC = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*'
const VALUE = '"(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
const NUMBER = '(?:[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?|[+-]Inf|NaN)'
const SAMPLE = new RegExp(`^(${METRIC})(?:\\{(${LABEL}=${VALUE}(?:,${LABEL}=${VALUE})*)?\\})? (${NUMBER})$`)
const PAIR = new RegExp(`(${LABEL})=(${VALUE})`, 'g')

/**
 * Reads a page of Prometheus' text format 0.0.4 as strictly as `promtool check metrics` does, and throws at
 * whatever that would complain of: syntax, order, doubles, counters without `_total`, broken histograms,
 * names without a base unit.
 */
export function checkExposition(text: string): Map<string, CheckedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, CheckedFamily>()
  const seen = new Set<string>()
  let current: { name: string; family: CheckedFamily } | undefined
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue
    const [, help, helpText] = new RegExp(`^# HELP (${METRIC}) (.+)$`).exec(line) ?? []
    const [, type, kind] = new RegExp(`^# TYPE (${METRIC}) (counter|gauge|histogram)$`).exec(line) ?? []
    if (help !== undefined) {
      if (families.has(help)) throw new Error(`${help} comes twice`)
      current = { name: help, family: { type: '', help: helpText ?? '', samples: [] } }
      families.set(help, current.family)
    } else if (type !== undefined) {
      if (current?.name !== type || current.family.type !== '') throw new Error(`stray: ${line}`)
      current.family.type = kind ?? ''
    } else {
      const sample = parseSample(line)
      if (current === undefined) throw new Error(`stray: ${line}`)
      if (!belongs(sample.name, current.name, current.family.type)) {
        throw new Error(`${sample.name} is not of ${current.name}`)
      }
      const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`
      if (seen.has(key)) throw new Error(`${key} comes twice`)
      seen.add(key)
      current.family.samples.push(sample)
    }
  }
  for (const [name, family] of families) checkFamily(name, family)
  return families
}

function parseSample(line: string): CheckedSample {
  const match = SAMPLE.exec(line)
  if (match === null) throw new Error(`cannot be read: ${line}`)
  const labels: Record<string, string> = {}
  for (const [, name = '', value = ''] of (match[2] ?? '').matchAll(PAIR)) {
    if (name in labels) throw new Error(`the label ${name} comes twice: ${line}`)
    labels[name] = value.slice(1, -1).replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))
  }
  return { name: match[1] ?? '', labels, value: toNumber(match[3] ?? '') }
}

function toNumber(text: string): number {
  return text.endsWith('Inf') ? Number(text.replace('Inf', 'Infinity')) : Number(text)
}

function belongs(sample: string, family: string, type: string): boolean {
  if (type !== 'histogram') return sample === family
  return ['_bucket', '_sum', '_count'].some((end) => sample === family + end)
}

function checkFamily(name: string, { type, samples }: CheckedFamily): void {
  if (type === '') throw new Error(`${name} has no type`)
  if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`${name} is a ${type}`)
  if (/_(ms|milliseconds|minutes|percent)(_|$)/.test(name)) throw new Error(`${name}: no base unit`)
  for (const { value } of samples) {
    if (type === 'counter' && !(value >= 0)) throw new Error(`${name} is ${value}`)
  }
  if (type === 'histogram') checkHistogram(name, samples)
}

function checkHistogram(name: string, samples: readonly CheckedSample[]): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...rest } }) => JSON.stringify(rest))
  for (const [key, ours] of series) {
    const buckets = ours.filter((sample) => sample.name === `${name}_bucket`)
    const count = ours.find((sample) => sample.name === `${name}_count`)?.value
    const bounds = buckets.map(({ labels }) => toNumber(labels.le ?? 'NaN'))
    const counts = buckets.map(({ value }) => value)
    const rises = (values: number[], isStrict: boolean) =>
      values.every((value, at) => at === 0 || value > Number(values[at - 1]) || (!isStrict && value === values[at - 1]))
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`${key}: no +Inf`)
    if (!rises(bounds, true) || !rises(counts, false)) throw new Error(`${key}: buckets fall`)
    if (counts.at(-1) !== count) throw new Error(`${key}: the count is not the last bucket`)
    if (!ours.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${key}: no sum`)
  }
}
