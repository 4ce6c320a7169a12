import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Block, BlockSize, Wiring } from './block'

export type Arm = { measure: (size: BlockSize) => Promise<Block>; close: () => Promise<void> }

const PROGRAM = fileURLToPath(new URL('./arm.ts', import.meta.url))

/** A process of its own with an empty database. */
export async function startArm(options: { wiring: Wiring; engineUrl: string }): Promise<Arm> {
  const { wiring, engineUrl } = options
  const dataDir = await mkdtemp(join(tmpdir(), 'first-token-cost-'))
  const child = fork(PROGRAM, [wiring, engineUrl, dataDir])
  const ended = once(child, 'exit')
  const failed = ended.then(([code]) => {
    throw new Error(`the arm "${wiring}" ended with ${code}`)
  })
  failed.catch(() => undefined)
  const next = async () => (await Promise.race([once(child, 'message'), failed]))[0]
  await next()
  return {
    async measure(size) {
      child.send(size)
      return (await next()) as Block
    },
    async close() {
      child.disconnect()
      await ended
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
