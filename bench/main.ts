import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { runLoadBench } from './load/run-load-bench.ts'
import { runPageBench } from './page/run-page-bench.ts'
import { parseArguments, USAGE } from './parse-arguments.ts'
import { readLoad, writeReport } from './report.ts'
import { runServerBench } from './server/run-server-bench.ts'
import { runStoreBench } from './store/run-store-bench.ts'

const USAGE_ERROR = 2
const BENCHES = {
  server: runServerBench,
  page: runPageBench,
  load: runLoadBench,
  store: runStoreBench,
}

function toProfileEnv(profile: string | undefined): Record<string, string> {
  if (profile === undefined) return {}
  const folder = resolve(profile)
  mkdirSync(folder, { recursive: true })
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` }
}

const parsed = parseArguments(process.argv.slice(2))
if (parsed === undefined) {
  process.stderr.write(USAGE)
  process.exitCode = USAGE_ERROR
} else {
  const { profile, ...options } = parsed
  const loadBefore = readLoad()
  const report = await BENCHES[options.name]({
    ...options,
    env: toProfileEnv(profile),
    log: (line) => process.stderr.write(`${line}\n`),
  })
  const { file, text } = writeReport({ report, loadBefore, ...options })
  process.stdout.write(`${text}\nWritten to ${file} and the .json beside it.\n`)
}
