import { join } from 'node:path'
import { EngineFailure, type FailureCode } from './engine-failure.ts'
import { runCommand } from './run-command.ts'

const PYTHONS = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python']

/**
 * The first Python that has pip.
 * @throws {EngineFailure} `no-pip`, which says whether a Python was found.
 */
export async function findPython(pythons: readonly string[] = PYTHONS): Promise<string> {
  let found = 'none'
  for (const python of pythons) {
    const result = await runCommand({ command: python, args: ['-m', 'pip', '--version'] })
    if (result.status === 'missing') continue
    if (result.exitCode === 0) return python
    found = python
  }
  throw new EngineFailure('no-pip', { python: found })
}

/**
 * Leaves the package's wheel in `folder`; while it is coming it lies in `folder/temporary`.
 * @throws {EngineFailure} no-network, package-not-found, no-space, fetch-failed.
 */
export async function downloadWheel(options: {
  python: string
  requirement: string
  folder: string
}): Promise<void> {
  const { python, requirement, folder } = options
  const quiet = ['--progress-bar', 'off', '--disable-pip-version-check', '--no-input']
  const result = await runCommand({
    command: python,
    args: [
      ...['-m', 'pip', 'download', '--no-deps', '--no-cache-dir', '--only-binary', ':all:'],
      ...['--retries', '3', '--timeout', '15', ...quiet, '-d', folder, requirement],
    ],
    environment: { TMPDIR: join(folder, 'temporary'), TEMP: join(folder, 'temporary') },
  })
  if (result.status === 'missing') throw new EngineFailure('no-pip', { python: 'none' })
  if (result.exitCode === 0) return
  throw new EngineFailure(toFetchCode(result.output), { reason: lastError(result.output) })
}

const PIP_CAUSES: [RegExp, FailureCode][] = [
  [/No space left on device|Errno 28/i, 'no-space'],
  [
    /NewConnectionError|Failed to establish a new connection|Temporary failure in name resolution|ConnectTimeout|ReadTimeout|timed out|ConnectionError|ProxyError|Network is unreachable/i,
    'no-network',
  ],
  [/No matching distribution found/i, 'package-not-found'],
  [/Permission denied|Errno 13|Read-only file system/i, 'not-writable'],
]

function toFetchCode(output: string): FailureCode {
  return PIP_CAUSES.find(([pattern]) => pattern.test(output))?.[1] ?? 'fetch-failed'
}

function lastError(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const told = lines.findLast((line) => line.startsWith('ERROR')) ?? lines.at(-1)
  return (told ?? 'pip gave no reason').replace(/^ERROR:\s*/, '').slice(0, 300)
}
