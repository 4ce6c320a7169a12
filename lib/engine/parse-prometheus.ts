export type Sample = { name: string; labels: ReadonlyMap<string, string>; value: number }

const MAX_LINE_CHARACTERS = 64 * 1024
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/

/**
 * The samples of a Prometheus or OpenMetrics text whose name is asked for. What cannot be read
 * (a broken label set, no number, NaN, infinity, an endless line) is left out, never thrown.
 */
export function parsePrometheus(options: { text: string; names: ReadonlySet<string> }): Sample[] {
  const samples: Sample[] = []
  for (const line of options.text.split('\n')) {
    if (line === '' || line.startsWith('#') || line.length > MAX_LINE_CHARACTERS) continue
    const name = NAME.exec(line)?.[0]
    if (name === undefined || !options.names.has(name)) continue
    const sample = parseSample({ line, name })
    if (sample !== undefined) samples.push(sample)
  }
  return samples
}

function parseSample({ line, name }: { line: string; name: string }): Sample | undefined {
  const labels = new Map<string, string>()
  let at = name.length
  if (line[at] === '{') {
    const end = parseLabels({ line, from: at + 1, labels })
    if (end === undefined) return undefined
    at = end
  }
  const text = line.slice(at).trimStart().split(/[ \t]/, 1)[0] ?? ''
  const value = text === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? { name, labels, value } : undefined
}

/** Fills `labels`; the index behind the closing brace, or `undefined` when the set is broken. */
function parseLabels(options: {
  line: string
  from: number
  labels: Map<string, string>
}): number | undefined {
  const { line, labels } = options
  const label = /[ ,]*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"|[ ,]*(\})/y
  label.lastIndex = options.from
  for (;;) {
    const match = label.exec(line)
    if (match === null) return undefined
    if (match[3] !== undefined) return label.lastIndex
    labels.set(match[1] ?? '', unescapeLabel(match[2] ?? ''))
  }
}

function unescapeLabel(value: string): string {
  return value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character))
}
