import type { Cut, FaultyAnswer, LogLine, LogReplay } from './scenario.ts'

/** How one kind of value is read; `expected` ends the sentence "must be …". */
export type KnobKind<Value> = { expected: string; read: (value: unknown) => Value | undefined }

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function integer(minimum = 0): KnobKind<number> {
  return {
    expected: `an integer of at least ${minimum}`,
    read: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= minimum ? value : undefined,
  }
}

export const milliseconds: KnobKind<number> = {
  expected: 'a number of milliseconds of at least 0',
  read: (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined,
}

export const httpStatus: KnobKind<number> = {
  expected: 'an HTTP status from 200 to 599',
  read: (value) => {
    const status = integer(200).read(value)
    return status !== undefined && status <= 599 ? status : undefined
  },
}

export const flag: KnobKind<boolean> = {
  expected: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : undefined),
}

export const text: KnobKind<string> = {
  expected: 'a string',
  read: (value) => (typeof value === 'string' ? value : undefined),
}

export const texts: KnobKind<string[]> = {
  expected: 'a list of strings',
  read: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined,
}

export function oneOf<Value extends string>(values: readonly Value[]): KnobKind<Value> {
  return {
    expected: `one of ${values.map((value) => `"${value}"`).join(', ')}`,
    read: (value) => values.find((item) => item === value),
  }
}

export function optional<Value>(kind: KnobKind<Value>): KnobKind<Value | null> {
  return {
    expected: `${kind.expected}, or null`,
    read: (value) => (value === null ? null : kind.read(value)),
  }
}

type Fields<Value> = { [Key in keyof Value]-?: KnobKind<Exclude<Value[Key], undefined>> }

/** An object of known fields; `defaults` are the fields that may be left out. */
function record<Value>(shape: {
  fields: Fields<Value>
  defaults: Partial<Value>
  optional?: readonly (keyof Value)[]
}): KnobKind<Value> {
  const names = Object.keys(shape.fields)
  return {
    expected: `an object with ${names.join(', ')}`,
    read: (value) => {
      if (!isRecord(value) || Object.keys(value).some((key) => !names.includes(key))) return
      const result: Record<string, unknown> = { ...shape.defaults }
      for (const [name, kind] of Object.entries<KnobKind<unknown>>(shape.fields)) {
        if (value[name] === undefined) continue
        const field = kind.read(value[name])
        if (field === undefined) return
        result[name] = field
      }
      const missing = names.filter((name) => result[name] === undefined)
      if (missing.some((name) => !shape.optional?.some((key) => key === name))) return
      return result as Value
    },
  }
}

const headers: KnobKind<Record<string, string>> = {
  expected: 'an object of strings',
  read: (value) => {
    if (!isRecord(value)) return
    const entries = Object.entries(value).map(([name, item]) => [name, String(item)] as const)
    return Object.fromEntries(entries)
  },
}

export const faultyAnswer = record<FaultyAnswer>({
  fields: {
    when: oneOf(['first', 'mid']),
    afterTokens: integer(),
    status: httpStatus,
    shape: oneOf(['nested', 'flat', 'unauthorized', 'detail', 'html']),
    message: text,
    type: text,
    body: text,
    headers,
  },
  defaults: { when: 'first', afterTokens: 0, status: 500, shape: 'nested' },
  optional: ['message', 'type', 'body', 'headers'],
})

export const cut = record<Cut>({
  fields: { afterTokens: integer(), how: oneOf(['fin', 'rst']) },
  defaults: { afterTokens: 0, how: 'fin' },
})

export const logReplay = record<LogReplay>({
  fields: {
    file: text,
    speed: {
      expected: 'a number above 0',
      read: (value) => (typeof value === 'number' && value > 0 ? value : undefined),
    },
    until: oneOf(['ready', 'end']),
  },
  defaults: { speed: 1, until: 'ready' },
})

const logLine = record<LogLine>({ fields: { atMs: milliseconds, text }, defaults: { atMs: 0 } })

export const logLines: KnobKind<LogLine[]> = {
  expected: 'a list of objects with atMs, text',
  read: (value) => {
    if (!Array.isArray(value)) return
    const lines = value.map((item) => logLine.read(item)).filter((line) => line !== undefined)
    return lines.length === value.length ? lines : undefined
  },
}
