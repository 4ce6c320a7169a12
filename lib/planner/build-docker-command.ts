import { chooseFlags, type ServeOptions, toArguments, toWeightsName } from './choose-flags'
import {
  COMPILE_CACHE_PATH,
  CONTAINER_PORT,
  ENTRYPOINT,
  MODEL_CACHE_PATH,
  toImage,
  toMountedFolder,
} from './container-parts'
import { toAbilities } from './gpu-catalogue'
import { formatShellLines } from './quote-shell'

function toDeviceWords(options: ServeOptions): string[][] {
  if (toAbilities(options.input.gpu).isAmd) {
    return [
      ['--device', '/dev/kfd'],
      ['--device', '/dev/dri'],
      ['--group-add', 'video'],
    ]
  }
  return [['--gpus', 'all']]
}

/**
 * `docker run …`: published on this machine only, with two volumes, so that neither weights nor
 * compiled code are fetched or made again. Keys come from the shell's environment, never in the line.
 */
export function buildDockerCommand(options: ServeOptions): string {
  const { port } = options
  const { name } = toWeightsName({ ...options.input, weightsPath: options.weightsPath })
  const folder = toMountedFolder(name)
  const [model, ...flags] = chooseFlags(options)
  const [entrypoint = '', ...subcommand] = ENTRYPOINT
  const lines = [
    ['docker', 'run', '--rm', '--name', 'vllm'],
    ...toDeviceWords(options),
    ['--ipc', 'host'],
    ['--publish', `127.0.0.1:${port}:${CONTAINER_PORT}`],
    ['--volume', `vllm-models:${MODEL_CACHE_PATH}`],
    ['--volume', `vllm-compiled:${COMPILE_CACHE_PATH}`],
    ...(folder === undefined ? [] : [['--volume', `${folder}:${folder}:ro`]]),
    ['--env', 'HF_TOKEN'],
    ['--env', 'VLLM_API_KEY'],
    ['--entrypoint', entrypoint],
    [toImage(options), ...subcommand, ...(model === undefined ? [] : toArguments([model]))],
    ...flags.map((flag) => toArguments([flag])),
  ]
  return formatShellLines({ lines })
}
