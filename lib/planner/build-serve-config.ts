import { chooseAddress, chooseFlags, type ServeOptions } from './choose-flags'
import { toYaml, type YamlValue } from './to-yaml'

/** Numbers as numbers; what only looks like one is a flag's text all the same. */
function toConfigValue(value: string | undefined): YamlValue {
  if (value === undefined) return true
  return /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
}

/** The file for `vllm serve --config vllm.yaml`: its keys are the long flags. */
export function buildServeConfig(options: ServeOptions): string {
  const flags = [
    ...chooseFlags(options),
    ...chooseAddress({ host: '127.0.0.1', port: options.port }),
  ]
  return toYaml(Object.fromEntries(flags.map(({ name, value }) => [name, toConfigValue(value)])))
}
