import { parseArgs } from 'node:util'
import { RESULT_FORMATS, type ResultFormat } from '@/lib/batch/write-results'
import {
  BATCH_FORMATS,
  type BatchFormat,
  type BatchPlan,
  DEFAULT_BATCH_PLAN,
  MAX_BATCH_CONCURRENCY,
} from '@/lib/domain/batch'
import type { GoodputTargets } from '@/lib/domain/bench-summary'
import { isSamplingNumber, type Sampling } from '@/lib/domain/sampling'
import { parseGoodput } from '@/lib/timing/parse-goodput'

/** Something wrong with what was typed or given; the message is the whole sentence. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export type BatchArguments = {
  /** `-`: stdin */
  file: string
  out: string | undefined
  outputFormat: ResultFormat | undefined
  order: 'input' | 'done'
  format: BatchFormat | undefined
  column: string | undefined
  template: string | undefined
  plan: BatchPlan
  url: string | undefined
  goodput: GoodputTargets
  /** How many rows to compare with; undefined: no comparison. */
  compareRows: number | undefined
  isCheck: boolean
  isJson: boolean
  isSkippingBad: boolean
  isRetry: boolean
  isRestart: boolean
}

const TEXT = { type: 'string' } as const
const SWITCH = { type: 'boolean' } as const

const OPTIONS = {
  format: TEXT,
  column: TEXT,
  template: TEXT,
  'skip-bad': SWITCH,
  concurrency: TEXT,
  adaptive: SWITCH,
  spacing: TEXT,
  attempts: TEXT,
  'max-tokens': TEXT,
  temperature: TEXT,
  'system-prompt': TEXT,
  'no-system-prompt': SWITCH,
  model: TEXT,
  url: TEXT,
  out: TEXT,
  'output-format': TEXT,
  order: TEXT,
  goodput: TEXT,
  json: SWITCH,
  'retry-failed': SWITCH,
  restart: SWITCH,
  check: SWITCH,
  compare: TEXT,
  help: SWITCH,
} as const

type Values = ReturnType<typeof readFlags>['values']

/** Undefined: help was asked for. @throws {UsageError} */
export function parseArguments(argv: readonly string[]): BatchArguments | undefined {
  const { values, positionals } = readFlags(argv)
  if (values.help === true) return undefined
  const [file, more] = positionals
  if (file === undefined)
    throw new UsageError('Name the file with the questions, or - for stdin. --help shows how.')
  if (more !== undefined)
    throw new UsageError(`"${more}" belongs to no flag. --help shows how it is used.`)
  const compareRows = readCount({ name: 'compare', text: values.compare, min: 1, max: 1000 })
  const isCheck = values.check === true
  if (values.out === undefined && !isCheck && compareRows === undefined) {
    throw new UsageError('--out names the file for the answers.')
  }
  if (values.template !== undefined && values.column !== undefined) {
    throw new UsageError('--template names the columns itself: leave --column out.')
  }
  return {
    file,
    out: values.out,
    outputFormat: readName({
      name: 'output-format',
      text: values['output-format'],
      names: RESULT_FORMATS,
    }),
    order: readName({ name: 'order', text: values.order, names: ['input', 'done'] }) ?? 'input',
    format: readName({ name: 'format', text: values.format, names: BATCH_FORMATS }),
    column: values.column,
    template: values.template,
    plan: readPlan(values),
    url: values.url,
    goodput: readGoodput(values.goodput),
    compareRows,
    isCheck,
    isJson: values.json === true,
    isSkippingBad: values['skip-bad'] === true,
    isRetry: values['retry-failed'] === true,
    isRestart: values.restart === true,
  }
}

function readFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new UsageError(`${reason}. --help lists the flags.`)
  }
}

function readPlan(values: Values): BatchPlan {
  const { concurrency, spacingMs, maxAttempts } = DEFAULT_BATCH_PLAN
  const systemPrompt = values['no-system-prompt'] === true ? '' : values['system-prompt']
  const most = { min: 1, max: MAX_BATCH_CONCURRENCY }
  const day = { min: 0, max: 86_400_000 }
  return {
    concurrency:
      readCount({ name: 'concurrency', text: values.concurrency, ...most }) ?? concurrency,
    isAdaptive: values.adaptive === true,
    spacingMs: readCount({ name: 'spacing', text: values.spacing, ...day }) ?? spacingMs,
    maxAttempts:
      readCount({ name: 'attempts', text: values.attempts, min: 1, max: 100 }) ?? maxAttempts,
    sampling: readSampling(values),
    ...(systemPrompt === undefined ? {} : { systemPrompt }),
    ...(values.model === undefined ? {} : { model: values.model }),
  }
}

function readSampling(values: Values): Sampling {
  const maxTokens = readSampled({ name: 'maxTokens', text: values['max-tokens'] })
  const temperature = readSampled({ name: 'temperature', text: values.temperature })
  return {
    ...DEFAULT_BATCH_PLAN.sampling,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
  }
}

function readSampled(flag: {
  name: 'maxTokens' | 'temperature'
  text: string | undefined
}): number | undefined {
  const { name, text } = flag
  if (text === undefined) return undefined
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (isSamplingNumber({ name, value })) return value
  const shown =
    name === 'maxTokens'
      ? '--max-tokens must be a whole number above 0'
      : '--temperature must be 0-2'
  throw new UsageError(`${shown}, not "${text}".`)
}

function readCount(flag: {
  name: string
  text: string | undefined
  min: number
  max: number
}): number | undefined {
  const { name, text, min, max } = flag
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new UsageError(`--${name} must be a whole number, ${min}-${max}, not "${text}".`)
}

function readName<Name extends string>(flag: {
  name: string
  text: string | undefined
  names: readonly Name[]
}): Name | undefined {
  const { name, text, names } = flag
  if (text === undefined) return undefined
  const found = names.find((one) => one === text)
  if (found !== undefined) return found
  throw new UsageError(`--${name} can be ${names.join(', ')}, not "${text}".`)
}

function readGoodput(text = ''): GoodputTargets {
  const targets = parseGoodput(text)
  if (targets !== undefined) return targets
  throw new UsageError(`--goodput is written like 'ttft:200 tpot:50', not "${text}".`)
}
