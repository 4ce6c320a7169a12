import { UsageError } from '@/cli/plan/parse-arguments'
import { MEASUREMENTS, type Measurement } from '@/lib/domain/tips'
import { findSimilar } from '@/lib/planner/find-similar'

export type TipsArguments = {
  isHelp: boolean
  /** Absent: the engine of the settings. */
  engineUrl: string | undefined
  label: string | undefined
  measurements: Measurement[] | undefined
  repeats: number | undefined
  maxMinutes: number
  compare: { before: string; after: string } | undefined
  isList: boolean
  isJson: boolean
}

const FLAGS = [
  ...['engine', 'label', 'only', 'repeats', 'max-minutes', 'compare'],
  ...['list', 'json', 'help'],
]
const SWITCHES = ['list', 'json', 'help']
const DEFAULT_MINUTES = 15
const LABEL = /^[\p{L}\p{N}][\p{L}\p{N} ._+=/-]{0,59}$/u

/** @throws {UsageError} for a flag that does not exist or a value that cannot be used. */
export function parseTipsArguments(argv: readonly string[]): TipsArguments {
  const values = new Map<string, string[]>()
  let at = 0
  while (at < argv.length) {
    const word = argv[at] ?? ''
    at += 1
    const [flag = '', ...joined] = word.split('=')
    const name = flag.replace(/^--/, '')
    if (!flag.startsWith('--') || !FLAGS.includes(name)) throw unknown(word)
    if (SWITCHES.includes(name)) {
      values.set(name, [])
      continue
    }
    const count = name === 'compare' ? 2 : 1
    const taken = joined.length > 0 ? [joined.join('=')] : argv.slice(at, at + count)
    if (joined.length === 0) at += count
    if (taken.length < count || taken.some((value) => value === '' || value.startsWith('--'))) {
      throw new UsageError(`--${name} needs ${count === 1 ? 'a value' : 'two labels'}.`)
    }
    values.set(name, taken)
  }
  const [before, after] = (values.get('compare') ?? []).map(readLabel)
  return {
    isHelp: values.has('help'),
    engineUrl: values.get('engine')?.[0],
    label: values.get('label')?.map(readLabel)[0],
    measurements: readMeasurements(values.get('only')?.[0]),
    repeats: readCount({ name: 'repeats', text: values.get('repeats')?.[0], most: 20 }),
    maxMinutes:
      readCount({ name: 'max-minutes', text: values.get('max-minutes')?.[0], most: 120 }) ??
      DEFAULT_MINUTES,
    compare: before === undefined || after === undefined ? undefined : { before, after },
    isList: values.has('list'),
    isJson: values.has('json'),
  }
}

function unknown(word: string): UsageError {
  const [similar] = findSimilar({ text: word.replace(/^-+/, ''), names: FLAGS })
  const guess = similar === undefined ? '' : ` Did you mean --${similar}?`
  return new UsageError(`There is no flag ${word}.${guess} --help lists them.`)
}

function readLabel(text: string): string {
  if (LABEL.test(text)) return text
  throw new UsageError(
    `"${text}" cannot be a label: letters, digits, spaces and . _ + = / - , up to 60.`,
  )
}

function readMeasurements(text: string | undefined): Measurement[] | undefined {
  return text?.split(',').map((part) => {
    const found = MEASUREMENTS.find((name) => name === part.trim())
    if (found !== undefined) return found
    throw new UsageError(`--only takes some of ${MEASUREMENTS.join(', ')}, not ${part.trim()}.`)
  })
}

function readCount({
  name,
  text,
  most,
}: {
  name: string
  text: string | undefined
  most: number
}): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= most) return value
  throw new UsageError(`--${name} is a whole number from 1 to ${most}, not ${text}.`)
}
