/** Each bench and its parts. */
const PARTS = {
  server: ['ttft', 'cpu', 'start'],
  page: ['paint', 'answer', 'thread', 'huge', 'scripts'],
  load: ['streams', 'sides'],
  store: ['search'],
} as const

export type BenchName = keyof typeof PARTS
export type BenchPart = (typeof PARTS)[BenchName][number]

export type BenchArguments = {
  name: BenchName
  /** One part; absent: all of them. */
  only?: BenchPart
  rounds: number
  isQuick: boolean
  /** Folder for CPU profiles of the app's process. */
  profile?: string
}

export type BenchOptions = Omit<BenchArguments, 'profile'> & {
  /** More settings of the app. */
  env: Record<string, string>
  log: (line: string) => void
}

const ROUNDS = 10
const QUICK_ROUNDS = 3

export const USAGE = `Usage: npm run bench [-- server | page | load | store] [--only=part] [--rounds=${ROUNDS}] [--quick] [--profile=folder]

${Object.entries(PARTS)
  .map(([name, parts]) => `  ${name.padEnd(16)}  its parts: ${parts.join(', ')}\n`)
  .join('')}  --rounds=n        in each, everything is measured once and the app twice (an A/A run)
  --quick           ${QUICK_ROUNDS} rounds: to see whether something works, not to quote
  --profile=folder  a CPU profile of the app's process is written there when it ends
`

/** @returns undefined for words that mean nothing here. */
export function parseArguments(argv: readonly string[]): BenchArguments | undefined {
  let name: BenchName = 'server'
  let only: string | undefined
  let rounds: number | undefined
  let isQuick = false
  let profile: string | undefined
  for (const argument of argv) {
    const [key = '', value = ''] = argument.split(/=(.*)/s, 2)
    if (isBenchName(argument)) name = argument
    else if (argument === '--quick') isQuick = true
    else if (key === '--only') only = value
    else if (key === '--rounds' && /^[1-9]\d{0,2}$/.test(value)) rounds = Number(value)
    else if (key === '--profile' && value !== '') profile = value
    else return undefined
  }
  const part = PARTS[name].find((known) => known === only)
  if (only !== undefined && part === undefined) return undefined
  return {
    name,
    ...(part === undefined ? {} : { only: part }),
    rounds: rounds ?? (isQuick ? QUICK_ROUNDS : ROUNDS),
    isQuick,
    ...(profile === undefined ? {} : { profile }),
  }
}

function isBenchName(word: string): word is BenchName {
  return Object.hasOwn(PARTS, word)
}

/** Whether this part is to be measured. */
export function isWanted({ only }: Pick<BenchOptions, 'only'>, part: BenchPart): boolean {
  return only === undefined || only === part
}
