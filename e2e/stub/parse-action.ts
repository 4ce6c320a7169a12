import type { Action } from './control.ts'
import { isObject } from './parse-chat-request.ts'
import { ScenarioError, suggestName } from './parse-scenario.ts'

const CUTS = ['fin', 'rst']

type Option = { isRequired: boolean; expected: string; isValid: (value: unknown) => boolean }

function oneOf(values: readonly string[]): Option {
  return {
    isRequired: false,
    expected: `one of ${values.map((value) => `"${value}"`).join(', ')}`,
    isValid: (value) => typeof value === 'string' && values.includes(value),
  }
}

const ACTIONS: Record<Action['action'], Record<string, Option>> = {
  die: {
    streams: oneOf(['error', ...CUTS]),
    closeAfterMs: {
      isRequired: false,
      expected: 'a number of milliseconds of at least 0',
      isValid: (value) => typeof value === 'number' && value >= 0,
    },
  },
  restart: {},
  stop: {},
  'finish-loading': {},
  wedge: {},
  unwedge: {},
  sleep: {},
  wake: {},
  'resume-stalled': {},
  cut: { how: oneOf(CUTS) },
  'clear-cache': {},
  log: {
    text: {
      isRequired: true,
      expected: 'a string',
      isValid: (value) => typeof value === 'string',
    },
  },
}

function didYouMean(options: { name: string; known: readonly string[] }): string {
  const meant = suggestName(options)
  return meant === undefined ? `, known: ${options.known.join(', ')}` : `, did you mean "${meant}"?`
}

/** @throws {ScenarioError} that names what is unknown or wrong */
export function parseAction(input: unknown): Action {
  const known = Object.keys(ACTIONS)
  if (!isObject(input) || typeof input.action !== 'string') {
    throw new ScenarioError([`"action" must be one of ${known.join(', ')}`])
  }
  const { action: name, ...values } = input
  const options = Object.entries(ACTIONS).find(([action]) => action === name)?.[1]
  if (options === undefined) {
    throw new ScenarioError([`unknown action "${name}"${didYouMean({ name, known })}`])
  }
  const problems = Object.entries(values).flatMap(([key, value]) => {
    const option = Object.hasOwn(options, key) ? options[key] : undefined
    if (option === undefined) {
      const hint = didYouMean({ name: key, known: Object.keys(options) })
      return [`unknown key "${key}" of action "${name}"${hint}`]
    }
    return option.isValid(value) ? [] : [`"${key}" must be ${option.expected}`]
  })
  const missing = Object.entries(options)
    .filter(([key, option]) => option.isRequired && values[key] === undefined)
    .map(([key]) => `action "${name}" needs "${key}"`)
  if (problems.length + missing.length > 0) throw new ScenarioError([...problems, ...missing])
  return input as Action
}
