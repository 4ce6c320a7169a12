import {
  isSamplingNumber,
  isStopList,
  SAMPLING_RANGES,
  type Sampling,
  type SamplingNumber,
} from '@/lib/domain/sampling'

export type SamplingField = keyof Sampling

/** What stands in the form: text, empty where the model's own default holds. */
export type SamplingForm = Record<SamplingField, string>

export const SAMPLING_NUMBERS = [
  'temperature',
  'topP',
  'topK',
  'minP',
  'presencePenalty',
  'frequencyPenalty',
  'repetitionPenalty',
  'maxTokens',
  'seed',
] as const satisfies readonly SamplingNumber[]

export function toSamplingForm(sampling: Sampling): SamplingForm {
  const { stop = [] } = sampling
  const numbers = SAMPLING_NUMBERS.map((name) => [name, String(sampling[name] ?? '')])
  return { ...Object.fromEntries(numbers), stop: stop.map(escapeStop).join('\n') }
}

/** Only what is set; `faults` names the fields that hold no value the engine takes. */
export function parseSamplingForm(form: SamplingForm): {
  sampling: Sampling
  faults: SamplingField[]
} {
  const sampling: Sampling = {}
  const faults: SamplingField[] = []
  for (const name of SAMPLING_NUMBERS) {
    const text = form[name].trim()
    if (text === '') continue
    const value = parseNumber(text)
    if (isSamplingNumber({ name, value })) sampling[name] = value
    else faults.push(name)
  }
  const stop = form.stop
    .split('\n')
    .filter((line) => line !== '')
    .map(unescapeStop)
  if (stop.length > 0 && isStopList(stop)) sampling.stop = stop
  else if (stop.length > 0) faults.push('stop')
  return { sampling, faults }
}

/** Whole digits take a minus only where the range has one: the keyboard of a phone follows. */
export function toInputMode(name: SamplingNumber): 'numeric' | 'decimal' | 'text' {
  const { min, isInteger } = SAMPLING_RANGES[name]
  if (min < 0) return 'text'
  return isInteger ? 'numeric' : 'decimal'
}

/** A comma is the decimal point of many; nothing but digits is a number here. */
function parseNumber(text: string): number {
  const plain = text.replace(',', '.')
  return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : Number.NaN
}

/** One stop is one line: what would break it is written as in most languages. */
function escapeStop(stop: string): string {
  return stop
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\' }

function unescapeStop(line: string): string {
  return line.replaceAll(/\\([nrt\\])/g, (_, char: string) => ESCAPES[char] ?? char)
}
