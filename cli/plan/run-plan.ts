import { readFile } from 'node:fs/promises'
import { buildOutput } from '@/lib/planner/build-outputs'
import { buildPlan } from '@/lib/planner/build-plan'
import { isProblem } from '@/lib/planner/input-problem'
import { lintCommand } from '@/lib/planner/lint-command'
import { type PlanFields, parsePlanFields } from '@/lib/planner/plan-fields'
import { parseVllmVersion } from '@/lib/planner/vllm-version'
import { formatLint, toLintJson } from './format-lint'
import { formatPlan } from './format-plan'
import { formatLists, HELP } from './help'
import { type PlanArguments, parseArguments, UsageError } from './parse-arguments'
import { toPlanJson } from './to-plan-json'
import { say } from './words'

export type PlanResult = {
  /** 0 fits or tight, 1 does not fit or would be refused, 2 the input cannot be used. */
  exitCode: number
  output: string
  error: string
}

const USAGE_ERROR = 2

/** The whole command, from its words to what it prints. */
export async function runPlan(argv: readonly string[]): Promise<PlanResult> {
  try {
    return await run(parseArguments(argv))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { exitCode: USAGE_ERROR, output: '', error: `${error.message}\n` }
  }
}

async function run(given: PlanArguments): Promise<PlanResult> {
  if (given.kind === 'help') return { exitCode: 0, output: HELP, error: '' }
  if (given.kind === 'list') return { exitCode: 0, output: formatLists(), error: '' }
  return given.kind === 'check' ? check(given) : plan(given)
}

async function plan(given: Extract<PlanArguments, { kind: 'plan' }>): Promise<PlanResult> {
  const fields = await withConfigText(given.fields)
  const parsed = parsePlanFields(fields)
  if ('problems' in parsed) {
    const lines = parsed.problems.map(
      ({ field, code, values }) => `--${field}: ${say(`inputs.${code}`, values)}`,
    )
    return { exitCode: USAGE_ERROR, output: '', error: `${lines.join('\n')}\n` }
  }
  const options = parsed.value
  const whole = buildPlan(options.input)
  const exitCode = whole.verdict === 'does-not-fit' ? 1 : 0
  if (given.output !== undefined) {
    const text = buildOutput({ name: given.output, options })
    return { exitCode, output: text.endsWith('\n') ? text : `${text}\n`, error: '' }
  }
  const output = given.isJson
    ? toJson(toPlanJson({ plan: whole, options, fields }))
    : formatPlan({ plan: whole, options })
  return { exitCode, output, error: '' }
}

/**
 * On the command line `--config` is a file.
 * @throws {UsageError} when it cannot be read.
 */
export async function withConfigText(fields: PlanFields): Promise<PlanFields> {
  if (fields.config === undefined) return fields
  try {
    return { ...fields, config: await readFile(fields.config, 'utf8') }
  } catch {
    throw new UsageError(`--config: the file ${fields.config} cannot be read.`)
  }
}

function check(given: Extract<PlanArguments, { kind: 'check' }>): PlanResult {
  const version = parseVllmVersion(given.vllm ?? '')
  if (isProblem(version)) {
    const { code, values } = version.problem
    return {
      exitCode: USAGE_ERROR,
      output: '',
      error: `--vllm: ${say(`inputs.${code}`, values)}\n`,
    }
  }
  const result = lintCommand({ text: given.text, version: version.value })
  const output = given.isJson ? toJson(toLintJson(result)) : formatLint(result)
  if (result.kind === undefined) return { exitCode: USAGE_ERROR, output: '', error: output }
  const isRefused = result.findings.some(({ severity }) => severity === 'error')
  return { exitCode: isRefused ? 1 : 0, output, error: '' }
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
