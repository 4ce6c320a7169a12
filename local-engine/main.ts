import { toEngineFailure } from './engine-failure.ts'
import { parseArguments } from './parse-arguments.ts'
import { killRunningCommands } from './run-command.ts'
import { createStageLog } from './stage-log.ts'
import { startLocalEngine } from './start-local-engine.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

// The reader of the output may be gone before this process is.
process.stdout.on('error', () => {})
process.on('exit', killRunningCommands)
dieWithParent()
await main()

/**
 * The app forks this process with a channel. It closes whatever way the app ends, kill -9
 * included; then nothing here is worth an orderly end.
 */
function dieWithParent(): void {
  if (process.channel === undefined) return
  process.channel?.unref()
  process.on('disconnect', () => {
    killRunningCommands()
    process.kill(process.pid, 'SIGKILL')
  })
}

async function main(): Promise<void> {
  let stop = async () => {}
  let isStopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Not once: llama.cpp's binding has a handler too, which sends the signal again when it has let go.
    process.on(signal, () => {
      if (!isStopping) void stop().finally(() => process.exit(0))
      isStopping = true
    })
  }
  const log = createStageLog({ write: print })
  try {
    const settings = parseArguments(process.argv.slice(2))
    const engine = await startLocalEngine({ settings, sourceDir: import.meta.dirname, log })
    stop = async () => {
      await engine.stop()
      log.stage('stopped')
    }
  } catch (error) {
    log.fail(toEngineFailure(error))
    process.exit(1)
  }
}
