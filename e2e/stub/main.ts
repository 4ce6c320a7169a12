import { KNOBS } from './knobs.ts'
import { formatHelp, parseCommandLine } from './parse-command-line.ts'
import { ScenarioError } from './parse-scenario.ts'
import { startStubEngine } from './start-stub-engine.ts'

const USAGE_ERROR = 2

async function run(argv: readonly string[]): Promise<void> {
  const options = parseCommandLine(argv)
  if (options === undefined) {
    console.log(formatHelp(KNOBS.version.default))
    return
  }
  const { port, controlPort, logFile, scenario, format } = options
  const stub = await startStubEngine({
    port,
    controlPort,
    scenario,
    ...(logFile === undefined ? {} : { logFile }),
  })
  const { url, controlUrl } = stub
  const { version } = stub.control.scenario()
  console.log(
    format === 'json'
      ? JSON.stringify({ url, controlUrl, version, ...(logFile === undefined ? {} : { logFile }) })
      : `Scripted engine (the wire of vLLM ${version}) on ${url}, control on ${controlUrl}`,
  )
  const stop = () => {
    void stub.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  const isUsage = error instanceof ScenarioError
  console.error(isUsage ? error.problems.join('\n') : error)
  process.exit(isUsage ? USAGE_ERROR : 1)
}
