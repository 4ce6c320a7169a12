import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from './start-system.ts'

export type HeapProbe = {
  /** Settings of a server that can be asked. */
  env: Record<string, string>
  /** What the server holds, and has resident, right after all its garbage was collected. */
  read: (pid: number) => Promise<{ heldBytes: number; rssBytes: number }>
  dispose: () => void
}

const PRELOAD = fileURLToPath(new URL('./preload/heap-probe.cjs', import.meta.url))

export function createHeapProbe(): HeapProbe {
  const folder = mkdtempSync(join(tmpdir(), 'first-token-heap-'))
  const file = join(folder, 'held')
  return {
    env: { NODE_OPTIONS: `--require ${PRELOAD}`, HEAP_FILE: file },
    read: async (pid) => {
      rmSync(file, { force: true })
      process.kill(pid, 'SIGUSR2')
      await until({ what: 'the size of the heap', read: () => existsSync(file) || undefined })
      return JSON.parse(readFileSync(file, 'utf8'))
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}
