import { OUTPUT_NAMES, type OutputName } from '@/lib/planner/build-outputs'
import { findSimilar } from '@/lib/planner/find-similar'
import { PLAN_FIELDS, type PlanField, type PlanFields } from '@/lib/planner/plan-fields'

/** Something wrong with what was typed; the message is the whole sentence. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export type PlanArguments =
  | { kind: 'help' }
  | { kind: 'list' }
  | { kind: 'plan'; fields: PlanFields; isJson: boolean; output: OutputName | undefined }
  | { kind: 'check'; text: string; isJson: boolean; vllm: string | undefined }

/** vLLM's own name for it is taken as well. */
const ALIASES: Record<string, PlanField> = {
  'tensor-parallel-size': 'gpus',
  utilization: 'gpu-memory-utilization',
  'vllm-version': 'vllm',
}

const SWITCHES = ['json', 'help', 'list']

const FLAGS = [...PLAN_FIELDS, ...Object.keys(ALIASES), ...SWITCHES, 'output']

type Given = { values: Map<string, string>; switches: Set<string>; rest: string[] }

function findField(name: string): PlanField | undefined {
  return PLAN_FIELDS.find((field) => field === name) ?? ALIASES[name]
}

function guess({ text, names }: { text: string; names: readonly string[] }): string {
  const [similar] = findSimilar({ text, names })
  return similar === undefined ? '' : ` Did you mean ${similar}?`
}

function readFlags(argv: readonly string[]): Given {
  const given: Given = { values: new Map(), switches: new Set(), rest: [] }
  let at = 0
  while (at < argv.length) {
    const word = argv[at] ?? ''
    at += 1
    if (!word.startsWith('--')) {
      given.rest.push(word)
      continue
    }
    const cut = word.indexOf('=')
    const name = (cut === -1 ? word : word.slice(0, cut)).slice(2).replaceAll('_', '-')
    if (!FLAGS.includes(name)) {
      throw new UsageError(
        `There is no flag --${name}.${guess({ text: name, names: FLAGS }).replace('mean ', 'mean --')} --help lists them.`,
      )
    }
    if (SWITCHES.includes(name)) {
      given.switches.add(name)
      continue
    }
    const value = cut === -1 ? argv[at] : word.slice(cut + 1)
    if (cut === -1) at += 1
    if (value === undefined || (cut === -1 && value.startsWith('--'))) {
      throw new UsageError(`--${name} needs a value.`)
    }
    given.values.set(findField(name) ?? name, value)
  }
  return given
}

function readOutput(text: string | undefined): OutputName | undefined {
  if (text === undefined) return undefined
  const found = OUTPUT_NAMES.find((name) => name === text)
  if (found !== undefined) return found
  throw new UsageError(
    `--output can be ${OUTPUT_NAMES.join(', ')}.${guess({ text, names: OUTPUT_NAMES })}`,
  )
}

/** A command to check may begin with dashes or come word by word: all after `check` belongs to it. */
function readCheck(argv: readonly string[]): PlanArguments {
  const isJson = argv[0] === '--json'
  const words = isJson ? argv.slice(1) : argv
  const [flag, vllm = ''] = words
  const hasVersion = flag === '--vllm'
  const rest = hasVersion ? words.slice(2) : words
  if (rest.length === 0 || (hasVersion && vllm === '')) {
    throw new UsageError("Give the command in quotes: npm run plan -- check 'vllm serve …'")
  }
  const [only = ''] = rest
  const text = rest.length === 1 ? only : rest.map(quote).join(' ')
  return { kind: 'check', text, isJson, vllm: hasVersion ? vllm : undefined }
}

function quote(word: string): string {
  return /^[^\s'"\\]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** @throws {UsageError} for a flag that does not exist, a missing value, or a word too many. */
export function parseArguments(argv: readonly string[]): PlanArguments {
  if (argv[0] === 'check') return readCheck(argv.slice(1))
  const { values, switches, rest } = readFlags(argv)
  if (switches.has('help')) return { kind: 'help' }
  if (switches.has('list')) return { kind: 'list' }
  const [word] = rest
  if (word !== undefined) {
    const guessed = guess({ text: word, names: ['check'] })
    throw new UsageError(`"${word}" belongs to no flag.${guessed} --help shows how it is used.`)
  }
  const output = readOutput(values.get('output'))
  values.delete('output')
  const fields: PlanFields = Object.fromEntries(values)
  return { kind: 'plan', fields, isJson: switches.has('json'), output }
}
