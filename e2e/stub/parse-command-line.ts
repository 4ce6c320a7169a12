import { readFileSync } from 'node:fs'
import { KNOBS } from './knobs.ts'
import { parseScenarioPatch, ScenarioError, suggestName } from './parse-scenario.ts'
import type { ScenarioPatch } from './scenario.ts'

export type CommandLine = {
  port: number
  controlPort: number
  logFile: string | undefined
  format: 'text' | 'json'
  scenario: ScenarioPatch
}

const DEFAULT_PORT = 8000
const OWN: Record<string, string> = {
  help: 'this text',
  port: `port of the engine, 0 = a free one (${DEFAULT_PORT})`,
  'control-port': 'port of the control server, 0 = a free one (engine port + 1)',
  'log-file': "file that the engine's log is appended to",
  scenario: 'JSON file with knobs; --demo is one that ships with the stub',
  demo: 'about 12 s of loading with stages, then answers at a readable pace',
  json: 'prints the urls as one line of JSON',
}

function toOption(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function column(options: { name: string; text: string }): string {
  return `  --${options.name.padEnd(22)} ${options.text}`
}

export function formatHelp(version: string): string {
  const own = Object.entries(OWN).map(([name, text]) => column({ name, text }))
  const knobs = Object.entries(KNOBS).map(([name, { help, default: initial }]) =>
    column({ name: toOption(name), text: `${help} (${JSON.stringify(initial)})` }),
  )
  return [
    `A scripted engine: the wire, the log and the metrics of vLLM ${version}, and no model.`,
    '',
    'Usage: npm run stub -- [--option value | --option=value …]',
    '',
    ...own,
    '',
    'Knobs, with their defaults; also keys of a scenario file and of PATCH /__control/scenario:',
    ...knobs,
    '',
    'The control server: GET|PATCH|DELETE /__control/scenario[?sessionId=], POST /__control/actions,',
    'GET /__control/requests[?min=1&state=ended&timeoutMs=5000], GET /__control/gauges[?phase=ready],',
    'POST /__control/reset.',
  ].join('\n')
}

/** A flag without a value is true; what is not JSON is a string. */
function readValue(text: string | undefined): unknown {
  if (text === undefined) return true
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function readArguments(argv: readonly string[]): Map<string, string | undefined> {
  const values = new Map<string, string | undefined>()
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? ''
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument)
    if (match === null) throw new ScenarioError([`"${argument}" is not an option`])
    const next = argv[index + 1]
    const takesNext = match[2] === undefined && next !== undefined && !next.startsWith('--')
    values.set(match[1] ?? '', takesNext ? next : match[2])
    if (takesNext) index += 1
  }
  return values
}

function readScenarioFile(file: string | URL): ScenarioPatch {
  try {
    return parseScenarioPatch(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if (error instanceof ScenarioError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ScenarioError([`scenario ${String(file)}: ${reason}`])
  }
}

function readPort(options: { text: string | undefined; name: string; initial: number }): number {
  if (options.text === undefined) return options.initial
  const port = Number(options.text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ScenarioError([`"--${options.name}" must be a port, got "${options.text}"`])
}

function readKnobs(values: Map<string, string | undefined>): ScenarioPatch {
  const byOption = new Map(
    Object.entries(KNOBS).map(([name, { kind }]) => [toOption(name), { name, kind }] as const),
  )
  const known = [...Object.keys(OWN), ...byOption.keys()]
  const problems: string[] = []
  const patch: Record<string, unknown> = {}
  for (const [option, text] of values) {
    const knob = byOption.get(option)
    if (knob !== undefined) {
      // A model named 7 or true is a string all the same.
      const isText = text !== undefined && knob.kind.read(text) !== undefined
      patch[knob.name] = isText ? text : readValue(text)
    } else if (!Object.hasOwn(OWN, option)) {
      const meant = suggestName({ name: option, known })
      problems.push(
        `unknown option "--${option}"${meant === undefined ? '' : `, did you mean "--${meant}"?`}`,
      )
    }
  }
  if (problems.length > 0) throw new ScenarioError(problems)
  return parseScenarioPatch(patch)
}

/**
 * @returns undefined when help is asked for
 * @throws {ScenarioError} that names every unknown option and wrong value
 */
export function parseCommandLine(argv: readonly string[]): CommandLine | undefined {
  const values = readArguments(argv)
  if (values.has('help')) return undefined
  const port = readPort({ text: values.get('port'), name: 'port', initial: DEFAULT_PORT })
  const file = values.get('scenario')
  return {
    port,
    controlPort: readPort({
      text: values.get('control-port'),
      name: 'control-port',
      initial: port === 0 ? 0 : port + 1,
    }),
    logFile: values.get('log-file'),
    format: values.has('json') ? 'json' : 'text',
    scenario: {
      ...(values.has('demo')
        ? readScenarioFile(new URL('./demo-scenario.json', import.meta.url))
        : {}),
      ...(file === undefined ? {} : readScenarioFile(file)),
      ...readKnobs(values),
    },
  }
}
