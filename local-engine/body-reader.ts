import { parameterFault, unsupportedFault, validationFault } from './wire-fault.ts'

export type Body = Record<string, unknown>

/** The field as a number, as pydantic takes it: a string of digits is one too. */
export function readNumber(options: {
  body: Body
  name: string
  isWhole?: boolean
}): number | undefined {
  const { body, name, isWhole = false } = options
  const value = body[name]
  if (value === undefined || value === null) return undefined
  const type = isWhole ? 'integer' : 'number'
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) {
    if (!isWhole || Number.isInteger(number)) return number
    throw validationFault({
      type: 'int_from_float',
      loc: `body.${name}`,
      msg: 'Input should be a valid integer, got a number with a fractional part',
      input: String(value),
    })
  }
  const isText = typeof value === 'string'
  const kind = isWhole ? 'int' : 'float'
  throw validationFault({
    type: isText ? `${kind}_parsing` : `${kind}_type`,
    loc: `body.${name}`,
    msg: isText
      ? `Input should be a valid ${type}, unable to parse string as ${isWhole ? 'an integer' : 'a number'}`
      : `Input should be a valid ${type}`,
    input: toPython(value),
  })
}

/** A number that must lie in a range; the sentence is vLLM's. */
export function readRanged(options: {
  body: Body
  name: string
  isWithin: (value: number) => boolean
  rule: string
  isWhole?: boolean
}): number | undefined {
  const { body, name, isWithin, rule, isWhole = false } = options
  const value = readNumber({ body, name, isWhole })
  if (value === undefined || isWithin(value)) return value
  const shown = isWhole ? String(value) : pythonFloat(value)
  throw parameterFault({
    message: `${name} must be ${rule}, got ${shown}.`,
    param: name,
    value: shown,
  })
}

export function readFlag({ body, name }: { body: Body; name: string }): boolean | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  throw validationFault({
    type: 'bool_parsing',
    loc: `body.${name}`,
    msg: 'Input should be a valid boolean, unable to interpret input',
    input: toPython(value),
  })
}

/** A string or a list of them. */
export function readTexts({ body, name }: { body: Body; name: string }): string[] {
  const value = body[name]
  if (value === undefined || value === null) return []
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return values.map((item) => {
    if (typeof item === 'string') return item
    throw validationFault({
      type: 'string_type',
      loc: `body.${name}`,
      msg: 'Input should be a valid string',
      input: toPython(item),
    })
  })
}

export function readWholeNumbers({ body, name }: { body: Body; name: string }): number[] {
  const value = body[name]
  if (value === undefined || value === null) return []
  const isList = Array.isArray(value) && value.every((item) => Number.isInteger(item))
  if (isList) return value.map(Number)
  throw validationFault({
    type: 'list_type',
    loc: `body.${name}`,
    msg: 'Input should be a valid list',
  })
}

/** @throws {WireFault} naming the first field that asks for what this engine has not. */
export function refuseUnsupported({
  body,
  isAskedFor,
}: {
  body: Body
  isAskedFor: Record<string, (value: unknown) => boolean>
}): void {
  for (const [name, isAsked] of Object.entries(isAskedFor)) {
    const value = body[name]
    if (value !== undefined && value !== null && isAsked(value)) throw unsupportedFault(name)
  }
}

/** Python's repr, as far as a refused value needs it. */
export function toPython(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return `'${value.slice(0, 100)}'`
  if (Array.isArray(value)) return `<list of ${value.length} items>`
  if (typeof value === 'object') return `<dict of ${Object.keys(value).length} items>`
  return String(value)
}

function pythonFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value)
}
