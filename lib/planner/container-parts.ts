import { toAbilities } from './gpu-catalogue'
import type { PlanInput } from './plan-input'
import { toImageTag, type VllmVersion } from './vllm-version'

/** vLLM listens on it in every container; the outside port is the user's. */
export const CONTAINER_PORT = 8000

/** Said outright: the images of some versions start a module that wants `--model` instead. */
export const ENTRYPOINT = ['vllm', 'serve']

/** Models, and compiled code: with the second a restart is warm, and has more KV cache. */
export const MODEL_CACHE_PATH = '/root/.cache/huggingface'
export const COMPILE_CACHE_PATH = '/root/.cache/vllm'

/** Cards exchange results through shared memory. */
export const SHARED_MEMORY = '8Gi'

/** A tag, never `latest`: a flag that one version knows ends another. */
export function toImage({ input, version }: { input: PlanInput; version: VllmVersion }): string {
  const repository = toAbilities(input.gpu).isAmd ? 'vllm/vllm-openai-rocm' : 'vllm/vllm-openai'
  return `${repository}:${toImageTag(version)}`
}

/** A path of the host that holds the weights has to be mounted; a name on Hugging Face has not. */
export function toMountedFolder(name: string): string | undefined {
  if (!name.startsWith('/')) return undefined
  const parts = name.split('/')
  return parts.length > 2 ? parts.slice(0, -1).join('/') : name
}
