import { createHash } from 'node:crypto'
import type { EngineScenario } from './scenario.ts'

/** `vllm-<version>-<8 hex digits of the engine's configuration>`. */
export function toFingerprint(engine: EngineScenario): string {
  const { version, modelId, maxModelLen, maxNumSeqs, blockSize } = engine
  const facts = JSON.stringify([version, modelId, maxModelLen, maxNumSeqs, blockSize])
  return `vllm-${version}-${createHash('sha256').update(facts).digest('hex').slice(0, 8)}`
}
