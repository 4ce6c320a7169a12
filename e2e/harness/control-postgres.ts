import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Ends the Postgres of the tests under whoever uses it, without a last word, or starts it again with the
 * settings it had; `restart` does both, also where it is down.
 */
export async function controlPostgres(command: 'stop' | 'restart'): Promise<void> {
  const { TEST_POSTGRES_CONTROL: control = '', TEST_POSTGRES_DATA: data = '' } = process.env
  const log = command === 'restart' ? ['-l', join(data, '..', 'log')] : []
  const args = [command, '-w', '-m', 'immediate', '-D', data, ...log]
  const isRoot = process.getuid?.() === 0
  const [program, all] = isRoot
    ? ['runuser', ['-u', 'postgres', '--', control, ...args]]
    : [control, args]
  await run(program, all, { cwd: tmpdir() })
}
