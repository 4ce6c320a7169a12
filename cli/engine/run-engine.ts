import { UsageError } from '@/cli/plan/parse-arguments'
import { EnvError, parseEnv } from '@/lib/config/env'
import { HELP } from './help'
import { parseEngineArguments } from './parse-engine-arguments'
import { showLogs } from './show-logs'
import { showStatus } from './show-status'
import { type EngineContext, startEngine } from './start-engine'
import { stopEngine } from './stop-engine'

const USAGE_ERROR = 2

type Output = Omit<EngineContext, 'env'>

/** The whole command, from its words to its exit code. */
export async function runEngine({
  argv,
  source,
  output,
}: {
  argv: readonly string[]
  /** The environment. */
  source: Record<string, string | undefined>
  output: Output
}): Promise<number> {
  try {
    return await run({ argv, source, output })
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof EnvError)) throw error
    output.printError(error.message)
    return USAGE_ERROR
  }
}

async function run({ argv, source, output }: Parameters<typeof runEngine>[0]): Promise<number> {
  const given = parseEngineArguments(argv)
  if (given.kind === 'help') {
    output.print(HELP.trimEnd())
    return 0
  }
  const context: EngineContext = { ...output, env: parseEnv(source) }
  switch (given.kind) {
    case 'start':
      return await startEngine({ given, context })
    case 'stop':
      return await stopEngine({ ...given, context })
    case 'status':
      return await showStatus({ ...given, context })
    case 'logs':
      return await showLogs({ ...given, context })
  }
}
