import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStubEngine } from '../start-stub-engine.ts'

/** A quick stub that writes its log into a file of its own; both are gone with `close`. */
export async function startLoggedStub() {
  const folder = mkdtempSync(join(tmpdir(), 'stub-'))
  const logFile = join(folder, 'engine.log')
  const scenario = { modelId: 'm', ttftMs: 1, tokenDelayMs: 0.01 }
  const stub = await startStubEngine({ logFile, scenario })
  return {
    stub,
    logFile,
    async close() {
      await stub.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export type LoggedStub = Awaited<ReturnType<typeof startLoggedStub>>
