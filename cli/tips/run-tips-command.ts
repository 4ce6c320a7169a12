import { UsageError } from '@/cli/plan/parse-arguments'
import { parseEngineUrl } from '@/lib/config/engine-url'
import { type Env, EnvError, parseEnv } from '@/lib/config/env'
import { findAppError } from '@/lib/domain/error'
import type { TipsProgress, TipsRecord } from '@/lib/domain/tips'
import { MEASUREMENTS } from '@/lib/domain/tips'
import { createEngine } from '@/lib/engine/create-engine'
import type { Engine } from '@/lib/engine/engine'
import { compareLabels } from '@/lib/tips/compare-labels'
import { countRequests, DEFAULT_REPEATS, runTips } from '@/lib/tips/run-tips'
import { createTipsFiles, type TipsFiles } from '@/lib/tips-files/create-tips-files'
import { formatComparison, formatLabels, formatRecord } from './format-tips'
import { HELP } from './help'
import { parseTipsArguments, type TipsArguments } from './parse-tips-arguments'

export type TipsOutput = {
  print: (line: string) => void
  /** For progress and warnings: never mixed into what is asked for. */
  tell: (line: string) => void
  /** Aborted by Ctrl-C. */
  signal: AbortSignal
}

const USAGE_ERROR = 2
const MINUTE_MS = 60_000

type Context = { given: TipsArguments; env: Env; files: TipsFiles; output: TipsOutput }

/** The whole command, from its words to its exit code. */
export async function runTipsCommand({
  argv,
  source,
  output,
}: {
  argv: readonly string[]
  /** The environment. */
  source: Record<string, string | undefined>
  output: TipsOutput
}): Promise<number> {
  try {
    const given = parseTipsArguments(argv)
    if (given.isHelp) {
      output.print(HELP.trimEnd())
      return 0
    }
    const env = parseEnv(source)
    return await run({ given, env, files: createTipsFiles(env), output })
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof EnvError)) throw error
    output.tell(error.message)
    return USAGE_ERROR
  }
}

async function run(context: Context): Promise<number> {
  const { given, files, output } = context
  if (given.isList) {
    for (const line of formatLabels(await files.list())) output.print(line)
    return 0
  }
  const isOnlyCompared = given.compare !== undefined && given.label === undefined
  if (!isOnlyCompared) {
    const record = await measure(context)
    if (record === undefined) return 1
    await files.save(record)
    if (given.isJson && given.compare === undefined) output.print(JSON.stringify(record, null, 2))
    else if (!given.isJson) for (const line of formatRecord(record)) output.print(line)
  }
  if (given.compare !== undefined) await compare(context)
  return 0
}

async function compare({ given, files, output }: Context): Promise<void> {
  const { before = '', after = '' } = given.compare ?? {}
  const records = await files.list()
  const compared = compareLabels({ records, before, after })
  if (compared === undefined) {
    const known = [...new Set(records.map(({ label }) => label))].join(', ') || 'none'
    throw new UsageError(`There are no runs of both ${before} and ${after}. Labels: ${known}.`)
  }
  if (given.isJson) output.print(JSON.stringify(compared, null, 2))
  else for (const line of formatComparison(compared)) output.print(line)
}

/** `undefined`: it could not be measured, and why was told. */
async function measure({ given, env, output }: Context): Promise<TipsRecord | undefined> {
  const address = given.engineUrl === undefined ? env.engineUrl : parseEngineUrl(given.engineUrl)
  if (!address.isValid) throw new UsageError('--engine: this is no http or https address.')
  const { baseUrl } = address
  const { apiKey } = env
  const engine = createEngine({ baseUrl, ...(apiKey === undefined ? {} : { apiKey }) })
  const limit = AbortSignal.timeout(given.maxMinutes * MINUTE_MS)
  try {
    const signal = AbortSignal.any([output.signal, limit])
    return await measureEngine({ given, env, output, engine, signal })
  } catch (error) {
    if (output.signal.aborted) output.tell('Cancelled: nothing was kept.')
    else if (limit.aborted)
      output.tell(`Given up after ${given.maxMinutes} minutes: nothing was kept.`)
    else {
      const known = findAppError(error)
      if (known === undefined) throw error
      output.tell(`The engine at ${baseUrl} could not be measured: ${known.code}.`)
    }
    return undefined
  } finally {
    await engine.close()
  }
}

async function measureEngine({
  given,
  env,
  output,
  engine,
  signal,
}: Omit<Context, 'files'> & { engine: Engine; signal: AbortSignal }): Promise<
  TipsRecord | undefined
> {
  const { models, metrics, version } = await engine.probe({ signal })
  if (models.kind !== 'ok') {
    const code = models.kind === 'failed' ? models.error.code : 'engine_unreachable'
    output.tell(`The engine at ${engine.baseUrl} does not answer: ${code}.`)
    return undefined
  }
  const model = models.models.find(({ id }) => id === (env.model ?? id))
  if (model === undefined) {
    output.tell(`The engine at ${engine.baseUrl} does not serve ${env.model ?? 'any model'}.`)
    return undefined
  }
  const others = (metrics?.runningRequests ?? 0) + (metrics?.waitingRequests ?? 0)
  if (others > 0) {
    output.tell(
      `Mind: ${others} requests of others are at work there. What is measured is theirs too.`,
    )
  }
  const { measurements = [...MEASUREMENTS], repeats = DEFAULT_REPEATS } = given
  const { maxModelLen } = model
  const count = countRequests({ measurements, repeats, maxModelLen })
  output.tell(`${model.id} at ${engine.baseUrl}: ${count} requests, ${measurements.join(', ')}`)
  return await runTips({
    engine,
    model: model.id,
    ...(maxModelLen === undefined ? {} : { maxModelLen }),
    ...(version === undefined ? {} : { version }),
    label: given.label ?? new Date().toISOString().slice(0, 10),
    measurements,
    repeats,
    signal,
    onProgress: createProgressTeller(output),
  })
}

/** A line each tenth of the way. */
function createProgressTeller({ tell }: TipsOutput): (progress: TipsProgress) => void {
  let told = -1
  return ({ measurement, done, of }) => {
    const tenths = Math.floor((done / Math.max(1, of)) * 10)
    if (tenths === told) return
    told = tenths
    tell(`  ${String(tenths * 10).padStart(3)} %  ${measurement}, ${done} of ${of}`)
  }
}
