import { parseArguments, UsageError } from '@/cli/plan/parse-arguments'
import type { PlanFields } from '@/lib/planner/plan-fields'

export type StartArguments = {
  kind: 'start'
  /** As given; they win over those of the file. */
  fields: PlanFields
  /** What `npm run plan -- --json` wrote. */
  planFile: string | undefined
  executable: string | undefined
  doesRestart: boolean
  /** Whether it goes on where there is no nvidia-smi. */
  isGpuCheckOff: boolean
  /** Whether it goes on where the plan does not fit. */
  isForced: boolean
  /** Behind `--`: handed on to vLLM as they are. */
  extraWords: string[]
}

export type EngineArguments =
  | { kind: 'help' }
  | StartArguments
  | { kind: 'stop' | 'status'; port: number | undefined; isJson: boolean }
  | { kind: 'logs'; port: number | undefined; lines: number; doesFollow: boolean }

const SWITCHES = ['--restart', '--no-gpu-check', '--force', '--json', '--follow', '--help']
const WITH_VALUE = ['--plan', '--executable', '--lines']
const DEFAULT_LINES = 40

type Split = { switches: Set<string>; values: Map<string, string>; rest: string[] }

/** Takes the launcher's own flags out; what is left is the planner's. */
function split(argv: readonly string[]): Split {
  const found: Split = { switches: new Set(), values: new Map(), rest: [] }
  let at = 0
  while (at < argv.length) {
    const word = argv[at] ?? ''
    at += 1
    const [flag = '', ...joined] = word.split('=')
    if (SWITCHES.includes(word)) found.switches.add(word)
    else if (WITH_VALUE.includes(flag)) {
      const value = joined.length > 0 ? joined.join('=') : argv[at]
      if (joined.length === 0) at += 1
      if (value === undefined || value === '' || value.startsWith('--')) {
        throw new UsageError(`${flag} needs a value.`)
      }
      found.values.set(flag, value)
    } else found.rest.push(word)
  }
  return found
}

/** @throws {UsageError} for a command or flag that does not exist, or a missing value. */
export function parseEngineArguments(argv: readonly string[]): EngineArguments {
  const cut = argv.indexOf('--')
  const own = cut === -1 ? argv : argv.slice(0, cut)
  const extraWords = cut === -1 ? [] : argv.slice(cut + 1)
  const [command = '', ...words] = own
  const { switches, values, rest } = split(words)
  if (command === '' || command === '--help' || command === 'help' || switches.has('--help')) {
    return { kind: 'help' }
  }
  if (command === 'start') {
    return {
      kind: 'start',
      fields: readPlanFields(rest),
      planFile: values.get('--plan'),
      executable: values.get('--executable'),
      doesRestart: switches.has('--restart'),
      isGpuCheckOff: switches.has('--no-gpu-check'),
      isForced: switches.has('--force'),
      extraWords,
    }
  }
  const port = readPort(rest)
  if (command === 'stop' || command === 'status') {
    return { kind: command, port, isJson: switches.has('--json') }
  }
  if (command === 'logs') {
    const lines = readLines(values.get('--lines'))
    return { kind: 'logs', port, lines, doesFollow: switches.has('--follow') }
  }
  throw new UsageError(`"${command}" is none of start, stop, status, logs. --help shows how.`)
}

function readPlanFields(rest: readonly string[]): PlanFields {
  const parsed = parseArguments(rest)
  if (parsed.kind !== 'plan' || parsed.isJson || parsed.output !== undefined) {
    throw new UsageError('start takes the flags that describe a plan, not those that print one.')
  }
  return parsed.fields
}

function readPort(rest: readonly string[]): number | undefined {
  const parsed = parseArguments(rest)
  const { port, ...others } = parsed.kind === 'plan' ? parsed.fields : {}
  const [other] = Object.keys(others)
  if (other !== undefined) throw new UsageError(`--${other} belongs to start.`)
  if (port === undefined) return undefined
  if (/^\d{1,5}$/.test(port)) return Number(port)
  throw new UsageError(`--port is a number, not ${port}.`)
}

function readLines(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LINES
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new UsageError(`--lines is a number, not ${text}.`)
}
