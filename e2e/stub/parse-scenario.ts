import { isEngineKnob, isKnob, KNOBS } from './knobs.ts'
import type { Scenario, ScenarioPatch } from './scenario.ts'

/** Everything that is wrong with a scenario, one problem a line. */
export class ScenarioError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ScenarioError'
    this.problems = problems
  }
}

/** Edit distance without transpositions, for "did you mean". */
function distance(options: { from: string; to: string }): number {
  const { from, to } = options
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

/** The known name that was probably meant, if one is near. */
export function suggestName(options: {
  name: string
  known: readonly string[]
}): string | undefined {
  const from = options.name.toLowerCase()
  const ranked = options.known
    .map((known) => ({ known, steps: distance({ from, to: known.toLowerCase() }) }))
    .sort((a, b) => a.steps - b.steps)
  const best = ranked[0]
  return best !== undefined && best.steps <= Math.max(2, from.length / 4) ? best.known : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describeMatch(match: unknown): string | undefined {
  const valid =
    isRecord(match) &&
    typeof match.sessionId === 'string' &&
    match.sessionId !== '' &&
    Object.keys(match).length === 1
  return valid ? undefined : '"match" must be an object with sessionId, a string'
}

function describeProblem(options: {
  name: string
  value: unknown
  matched: boolean
}): string | undefined {
  const { name, value } = options
  if (!isKnob(name)) {
    const meant = suggestName({ name, known: Object.keys(KNOBS) })
    return `unknown key "${name}"${meant === undefined ? '' : `, did you mean "${meant}"?`}`
  }
  if (options.matched && isEngineKnob(name)) {
    return `"${name}" belongs to the engine and cannot differ by session`
  }
  const kind = KNOBS[name].kind
  if (value === null || kind.read(value) !== undefined) return undefined
  return `"${name}" must be ${kind.expected}, got ${JSON.stringify(value)}`
}

/**
 * Reads a part of a scenario. `null` stands for the knob's default.
 * @throws {ScenarioError} that names every unknown key and wrong value
 */
export function parseScenarioPatch(input: unknown): ScenarioPatch {
  if (!isRecord(input)) throw new ScenarioError(['a scenario must be a JSON object'])
  const { match, ...values } = input
  const problems = Object.entries(values)
    .map(([name, value]) => describeProblem({ name, value, matched: match !== undefined }))
    .filter((problem) => problem !== undefined)
  const matchProblem = match === undefined ? undefined : describeMatch(match)
  if (matchProblem !== undefined) problems.unshift(matchProblem)
  if (problems.length > 0) throw new ScenarioError(problems)
  const read = Object.entries(values).map(([name, value]) => [
    name,
    value === null || !isKnob(name) ? null : KNOBS[name].kind.read(value),
  ])
  return { ...Object.fromEntries(read), ...(match === undefined ? {} : { match }) } as ScenarioPatch
}

/** Lays patches over the defaults, the later over the earlier. */
export function parseScenario(...patches: readonly ScenarioPatch[]): Scenario {
  const defaults = Object.entries(KNOBS).map(([name, knob]) => [name, knob.default])
  const scenario: Record<string, unknown> = Object.fromEntries(defaults)
  for (const { match: _match, ...values } of patches) {
    for (const [name, value] of Object.entries(values)) {
      if (isKnob(name) && value !== undefined) scenario[name] = value ?? KNOBS[name].default
    }
  }
  return scenario as Scenario
}
