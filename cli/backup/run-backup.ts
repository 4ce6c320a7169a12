import { EnvError, parseEnv } from '@/lib/config/env'
import { BackupError, backupStore, restoreStore } from '@/lib/db/backup-store'
import { DatabaseTooNewError } from '@/lib/db/connect'
import { DatabaseInUseError } from '@/lib/db/hold-database'
import { DataDirLockedError } from '@/lib/db/lock-data-dir'
import { isAppError } from '@/lib/domain/error'

const HELP = `Usage:
  npm run backup -- FILE              all that is stored, as one file; the server may run
  npm run restore -- FILE [--replace] a backup in the place of what is stored; no server may run`

const KNOWN_ERRORS = [
  EnvError,
  BackupError,
  DatabaseTooNewError,
  DatabaseInUseError,
  DataDirLockedError,
]

/** `args`: backup or restore, and what follows. @returns the exit code */
export async function runBackup(options: {
  args: readonly string[]
  env: Record<string, string | undefined>
  print: (line: string) => void
  printError: (line: string) => void
}): Promise<number> {
  const { args, env, print, printError } = options
  const isReplacing = args.includes('--replace')
  const [command, file, ...rest] = args.filter((arg) => arg !== '--replace')
  const isRestore = command === 'restore'
  const isWrong = file === undefined || file.startsWith('-') || rest.length > 0
  if (isWrong || (!isRestore && (command !== 'backup' || isReplacing))) {
    printError(HELP)
    return 2
  }
  try {
    const { database, dataDir } = parseEnv(env)
    if (isRestore) {
      const { setAside } = await restoreStore({ database, dataDir, file, isReplacing })
      if (setAside !== undefined) print(`What was stored before is in ${setAside}.`)
      print(`${file} is restored.`)
    } else {
      await backupStore({ database, file })
      print(`All that is stored is in ${file}.`)
    }
    return 0
  } catch (error) {
    printError(`First Token: ${explain(error)}`)
    return 1
  }
}

function explain(error: unknown): string {
  if (KNOWN_ERRORS.some((kind) => error instanceof kind)) return (error as Error).message
  if (isAppError(error) && error.cause instanceof Error) {
    return `the database ${error.details?.file ?? ''} cannot be read: ${error.cause.message}`
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
