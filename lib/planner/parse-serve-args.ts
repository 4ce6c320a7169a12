import { findSimilar } from './find-similar'
import { findShortName, SERVE_FLAGS, type ServeFlag } from './serve-flag-history'

/** One flag as it stands in a command. */
export type GivenFlag = {
  /** Its full name without dashes; what was written where nothing by that name is known. */
  name: string
  /** As it was written, with its dashes. */
  written: string
  /** The words that belong to it, itself included. */
  words: string[]
  value: string | undefined
  known: ServeFlag | undefined
  /** `--no-…` */
  isNegated: boolean
  isAbbreviated: boolean
  similar: string[]
}

export type ServeArguments = { model: string | undefined; flags: GivenFlag[]; strays: Stray[] }

/** A word that belongs to no flag, and the flag it stands behind. */
export type Stray = { word: string; after: GivenFlag | undefined }

type Lookup = Pick<GivenFlag, 'name' | 'known' | 'isNegated' | 'isAbbreviated' | 'similar'>

/** Underscores are dashes, what follows a dot is part of a JSON value, a clear beginning is enough. */
function lookUp(written: string): Lookup {
  const [plain = ''] = written.replace(/^--?/, '').split('.')
  const name = written.startsWith('--')
    ? plain.replaceAll('_', '-')
    : (findShortName(plain) ?? plain)
  const found = { isNegated: false, isAbbreviated: false, similar: [] }
  const known = SERVE_FLAGS.get(name)
  if (known !== undefined) return { ...found, name, known }
  const positive = SERVE_FLAGS.get(name.replace(/^no-/, ''))
  if (name.startsWith('no-') && positive?.arity === 'none') {
    return { ...found, name: positive.name, known: positive, isNegated: true }
  }
  const names = [...SERVE_FLAGS.keys()]
  const starting = written.startsWith('--') ? names.filter((each) => each.startsWith(name)) : []
  const [only] = starting
  if (starting.length === 1 && only !== undefined && name !== '') {
    return { ...found, name: only, known: SERVE_FLAGS.get(only), isAbbreviated: true }
  }
  return { ...found, name, known: undefined, similar: findSimilar({ text: name, names }) }
}

function isFlag(word: string): boolean {
  return /^--?[A-Za-z]/.test(word)
}

/** `-O3`, `-O 2`: a flag with its value in one word. */
function readOptimization({ words, at }: { words: readonly string[]; at: number }) {
  const word = words[at] ?? ''
  if (!/^-O/.test(word)) return undefined
  const joined = word.slice(2).replace(/^=/, '')
  const next = words[at + 1] ?? ''
  const value = joined === '' && /^[0-3]$/.test(next) ? next : joined
  return { value, count: joined === '' && value !== '' ? 2 : 1 }
}

function countValues(options: {
  words: readonly string[]
  from: number
  known: ServeFlag | undefined
}): number {
  const { words, from, known } = options
  if (known?.arity === 'none') return 0
  const end = words.findIndex((word, index) => index >= from && isFlag(word))
  const available = (end === -1 ? words.length : end) - from
  return known?.arity === 'many' ? available : Math.min(1, available)
}

/** Reads vLLM's arguments as its own parser does, and goes on where that one would stop. */
export function parseServeArgs(words: readonly string[]): ServeArguments {
  const flags: GivenFlag[] = []
  const strays: Stray[] = []
  let at = 0
  while (at < words.length) {
    const word = words[at] ?? ''
    const optimization = readOptimization({ words, at })
    if (optimization !== undefined) {
      const { value, count } = optimization
      flags.push(toOptimization({ words: words.slice(at, at + count), value }))
      at += count
    } else if (isFlag(word)) {
      const flag = readFlag({ words, at })
      flags.push(flag)
      at += flag.words.length
    } else {
      strays.push({ word, after: flags.at(-1) })
      at += 1
    }
  }
  const named = flags.find(({ name }) => name === 'model')
  const isFirst = strays[0] !== undefined && strays[0].after === undefined
  const model = isFirst ? strays.shift()?.word : named?.value
  return { model, flags, strays }
}

function toOptimization({ words, value }: { words: string[]; value: string }): GivenFlag {
  const lookup = lookUp('--optimization-level')
  return { ...lookup, written: words[0] ?? '-O', words, value }
}

function readFlag({ words, at }: { words: readonly string[]; at: number }): GivenFlag {
  const word = words[at] ?? ''
  const cut = word.indexOf('=')
  const written = cut === -1 ? word : word.slice(0, cut)
  const lookup = lookUp(written)
  if (cut !== -1) return { ...lookup, written, words: [word], value: word.slice(cut + 1) }
  const count = countValues({ words, from: at + 1, known: lookup.known })
  const values = words.slice(at + 1, at + 1 + count)
  return {
    ...lookup,
    written,
    words: [word, ...values],
    value: values.length === 0 ? undefined : values.join(' '),
  }
}
