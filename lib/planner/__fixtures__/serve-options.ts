import type { ServeOptions } from '../choose-flags'
import { parseVllmVersion } from '../vllm-version'
import { inputOf } from './plan-inputs'

/** The default plan for this version, 0.32 where none is named. */
export function optionsOf(more: Partial<ServeOptions> & { version?: never; vllm?: string } = {}) {
  const { vllm = '0.32', ...rest } = more
  const version = parseVllmVersion(vllm)
  if (!('value' in version)) throw new Error(vllm)
  return { input: inputOf(), port: 8000, weightsPath: undefined, ...rest, version: version.value }
}
