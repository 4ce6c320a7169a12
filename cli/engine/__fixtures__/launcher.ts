import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const hooks = new URL('../../launch/typescript-hooks.mjs', import.meta.url).href

export type Start = { pid: number; core: number; args: string[] }

export type Launched = {
  child: ChildProcess
  output: () => string
  /** Resolves when the text is in the output. */
  says: (text: string) => Promise<void>
  exit: Promise<number | string>
}

export type Bench = {
  dataDir: string
  port: number
  /** Runs `engine` with these words and the fake vLLM on the PATH. */
  run: (options: { words: string[]; plan?: string[]; gpus?: string }) => Launched
  starts: () => Start[]
  dispose: () => Promise<void>
}

export async function createBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'first-token-engine-'))
  const dataDir = join(folder, 'data')
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const fake = join(bin, 'vllm')
  copyFileSync(join(import.meta.dirname, 'fake-vllm.mjs'), fake)
  chmodSync(fake, 0o755)
  const startsFile = join(folder, 'starts.jsonl')
  writeFileSync(startsFile, '')
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const launched: Launched[] = []
  const starts = () =>
    readFileSync(startsFile, 'utf8')
      .split('\n')
      .flatMap((line): Start[] => (line === '' ? [] : [JSON.parse(line)]))
  return {
    dataDir,
    port: await findFreePort(),
    starts,
    run({ words, plan = ['ready'], gpus }) {
      if (gpus !== undefined) {
        writeFileSync(join(bin, 'nvidia-smi'), `#!/bin/sh\ncat <<'END'\n${gpus}\nEND\n`)
        chmodSync(join(bin, 'nvidia-smi'), 0o755)
      }
      const child = spawn(
        process.execPath,
        ['--experimental-strip-types', '--import', hooks, join(root, 'cli/engine/main.ts'), ...words],
        {
          cwd: folder,
          env: {
            PATH: `${bin}:${process.execPath.replace(/\/node$/, '')}:/usr/bin:/bin`,
            NODE_ENV: 'test',
            DATA_DIR: dataDir,
            FAKE_VLLM_PLAN: JSON.stringify(plan),
            FAKE_VLLM_STARTS: startsFile,
          },
        },
      )
      const one = follow(child)
      launched.push(one)
      return one
    },
    async dispose() {
      for (const { child } of launched) child.kill('SIGKILL')
      for (const { pid, core } of starts()) {
        for (const id of [-pid, core]) kill(id)
      }
      await Promise.all(launched.map(({ exit }) => exit))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function follow(child: ChildProcess): Launched {
  let output = ''
  const heard = new Set<() => void>()
  const hear = (chunk: unknown) => {
    output += String(chunk)
    for (const listener of heard) listener()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  const exit = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'gone'))
  })
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const listener = () => {
        if (!output.includes(text)) return
        heard.delete(listener)
        resolve()
      }
      heard.add(listener)
      listener()
      exit.then((code) => reject(new Error(`ended with ${code} before it said "${text}":\n${output}`)))
    })
  return { child, output: () => output, says, exit }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended, as it should.
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
