import { closeSync, existsSync, openSync, renameSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { UsageError } from '@/cli/plan/parse-arguments'
import { withConfigText } from '@/cli/plan/run-plan'
import type { Env } from '@/lib/config/env'
import { DataDirLockedError, lockDataDir } from '@/lib/db/lock-data-dir'
import { buildServeWords } from '@/lib/planner/build-serve-command'
import type { ServeOptions } from '@/lib/planner/choose-flags'
import type { PlanFields } from '@/lib/planner/plan-fields'
import { type EngineFolder, toEngineFolder } from '@/lib/process/engine-folder'
import { isAlive } from '@/lib/process/holder'
import { checkGpus, type GpuFinding, toGpu } from './check-gpus'
import { readState } from './engine-state'
import { findExecutable, readVllmVersion } from './find-vllm'
import { loadPlanFile, toServeOptions } from './load-plan'
import type { StartArguments } from './parse-engine-arguments'
import { type GpuReading, readGpus } from './read-gpus'
import { superviseEngine } from './supervise-engine'

export type EngineContext = {
  env: Env
  print: (line: string) => void
  printError: (line: string) => void
  signal: AbortSignal
}

const LOCKED = 3
const REFUSED = 1

/** Plan, cards, program, lock, then vLLM until it ends or is told to. Resolves with the exit code. */
export async function startEngine({
  given,
  context,
}: {
  given: StartArguments
  context: EngineContext
}): Promise<number> {
  const { env, print, printError, signal } = context
  const executable = requireExecutable({ given, env })
  const gpus = await readGpus({ visibleDevices: env.visibleDevices })
  const options = await toOptions({ given, gpus, executable })
  print(`${executable}, vLLM ${options.version.text}`)
  if (!isAllowed({ given, gpus, options, context })) return REFUSED
  const { port } = options
  const folder = toEngineFolder({ dataDir: env.dataDir, port })
  const lock = await lockDataDir(folder.path).catch((error: unknown) => {
    if (!(error instanceof DataDirLockedError)) throw error
    return error
  })
  if (lock instanceof DataDirLockedError) {
    printError(
      `The launcher ${lock.pid ?? ''} has an engine on port ${port} already: npm run engine -- stop --port ${port}`,
    )
    return LOCKED
  }
  try {
    const orphan = readState(folder)?.engine
    if (orphan !== undefined && isAlive(orphan)) {
      printError(
        `A vLLM that lost its launcher still runs on port ${port} (process ${orphan.pid}): npm run engine -- stop --port ${port}`,
      )
      return LOCKED
    }
    const words = [executable, ...buildServeWords(options).slice(1), ...given.extraWords]
    beginLog(folder)
    print(`Log: ${folder.logFile}`)
    print(words.join(' '))
    return await superviseEngine({
      ...{ words, folder, port, print, signal },
      apiKey: env.apiKey,
      doesRestart: given.doesRestart,
      sleep: (ms, ending) => delay(ms, undefined, { signal: ending }),
      now: () => performance.now(),
      wallNow: Date.now,
    })
  } finally {
    lock.release()
  }
}

function requireExecutable({ given, env }: { given: StartArguments; env: Env }): string {
  const name = given.executable ?? env.vllmExecutable ?? 'vllm'
  const found = findExecutable({ name, searchPath: env.searchPath })
  if (found !== undefined) return found
  throw new UsageError(
    `There is no program ${name}. Install vLLM (uv pip install vllm), or name it with --executable or VLLM_EXECUTABLE.`,
  )
}

/** The plan of the file and the flags; for the cards and the version that are there, where nothing else is said. */
async function toOptions({
  given,
  gpus,
  executable,
}: {
  given: StartArguments
  gpus: GpuReading
  executable: string
}): Promise<ServeOptions> {
  const fromFile = given.planFile === undefined ? {} : await loadPlanFile(given.planFile)
  const fields: PlanFields = { ...fromFile, ...(await withConfigText(given.fields)) }
  const version = fields.vllm ?? readVllmVersion(executable)
  const options = toServeOptions({ ...fields, ...(version === undefined ? {} : { vllm: version }) })
  const [card] = 'cards' in gpus ? gpus.cards : []
  if (fields.gpu !== undefined || card === undefined) return options
  const there = toGpu(card)
  const planned = toServeOptions({
    ...fields,
    gpu: there.memorySource === 'estimate' ? String(there.memoryGib) : there.name,
    ...(version === undefined ? {} : { vllm: version }),
  })
  return { ...planned, input: { ...planned.input, gpu: there } }
}

/** Says what stands against the plan; `false`: it may not start. */
function isAllowed(options: {
  given: StartArguments
  gpus: GpuReading
  options: ServeOptions
  context: EngineContext
}): boolean {
  const { given, gpus, context } = options
  const { print, printError } = context
  if (!('cards' in gpus)) {
    const why = 'absent' in gpus ? 'There is no nvidia-smi here' : `nvidia-smi: ${gpus.problem}`
    if (given.isGpuCheckOff) {
      print(`${why}: the plan is not checked against a card.`)
      return true
    }
    printError(`${why}: the plan cannot be checked. --no-gpu-check goes on without it.`)
    return false
  }
  const findings = given.isGpuCheckOff
    ? []
    : checkGpus({ options: options.options, cards: gpus.cards })
  for (const finding of findings) tell(finding, context)
  if (!findings.some(({ level }) => level === 'refuse') || given.isForced) return true
  printError('Not started. Change the plan, or go on all the same with --force.')
  return false
}

function tell({ level, text }: GpuFinding, { print, printError }: EngineContext): void {
  if (level === 'refuse') printError(`Against it: ${text}`)
  else print(`Mind: ${text}`)
}

/** One older log is kept. */
function beginLog({ logFile }: EngineFolder): void {
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`)
  closeSync(openSync(logFile, 'a', 0o600))
}
