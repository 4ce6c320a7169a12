import { buildCompose } from './build-compose'
import { buildDockerCommand } from './build-docker-command'
import { buildHelmValues } from './build-helm-values'
import { buildKubernetes } from './build-kubernetes'
import { buildServeCommand } from './build-serve-command'
import { buildServeConfig } from './build-serve-config'
import type { ServeOptions } from './choose-flags'

export const OUTPUT_NAMES = ['serve', 'docker', 'compose', 'kubernetes', 'helm', 'config'] as const

/** What they are called everywhere: the names of programs and files. */
export const OUTPUT_TITLES: Record<(typeof OUTPUT_NAMES)[number], string> = {
  serve: 'vllm serve',
  docker: 'docker run',
  compose: 'compose.yaml',
  kubernetes: 'Kubernetes',
  helm: 'Helm values.yaml',
  config: 'vllm.yaml',
}

export type OutputName = (typeof OUTPUT_NAMES)[number]

const BUILDERS: Record<OutputName, (options: ServeOptions) => string> = {
  serve: buildServeCommand,
  docker: buildDockerCommand,
  compose: buildCompose,
  kubernetes: buildKubernetes,
  helm: buildHelmValues,
  config: buildServeConfig,
}

export function buildOutput({
  name,
  options,
}: {
  name: OutputName
  options: ServeOptions
}): string {
  return BUILDERS[name](options)
}
