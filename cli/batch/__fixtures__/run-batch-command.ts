import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../run-command'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The command in this process, with what it printed and told. */
export async function runInProcess(options: {
  argv: readonly string[]
  url?: string
  stdin?: string
  signal?: AbortSignal
  onTell?: (text: string) => void
}): Promise<{ exitCode: number; printed: string; told: string }> {
  const { argv, url, stdin = '', signal = new AbortController().signal, onTell } = options
  let printed = ''
  let told = ''
  const exitCode = await runCommand({
    argv,
    terminal: {
      print: (text) => {
        printed += text
      },
      tell: (text) => {
        told += text
        onTell?.(text)
      },
      isInteractive: false,
      stdin: (async function* () {
        yield Buffer.from(stdin)
      })(),
      env: url === undefined ? {} : { OPENAI_BASE_URL: url },
      signal,
    },
  })
  return { exitCode, printed, told }
}

/** The command as a process of its own. */
export function spawnCommand(options: { argv: readonly string[]; url: string }): {
  child: ChildProcess
  told: () => string
  printed: () => string
  ended: Promise<number | string>
} {
  const hooks = new URL('../../launch/typescript-hooks.mjs', import.meta.url).href
  const program = fileURLToPath(new URL('../main.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--experimental-strip-types', '--import', hooks, program, ...options.argv],
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, OPENAI_BASE_URL: options.url, NODE_ENV: 'test' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let told = ''
  let printed = ''
  child.stderr.on('data', (bytes: Buffer) => {
    told += bytes.toString()
  })
  child.stdout.on('data', (bytes: Buffer) => {
    printed += bytes.toString()
  })
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  return { child, told: () => told, printed: () => printed, ended }
}
