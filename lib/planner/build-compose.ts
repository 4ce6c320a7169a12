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
import { toYaml, type YamlValue } from './to-yaml'

/** Nothing answers on the port before the model is loaded, so a start may take long and is not sick. */
const HEALTHCHECK: YamlValue = {
  test: ['CMD', 'curl', '--fail', '--silent', `http://127.0.0.1:${CONTAINER_PORT}/health`],
  interval: '10s',
  timeout: '3s',
  retries: 3,
  start_period: '20m',
}

function toDevices({ input }: ServeOptions): Record<string, YamlValue> {
  if (toAbilities(input.gpu).isAmd) {
    return { devices: ['/dev/kfd', '/dev/dri'], group_add: ['video'] }
  }
  const device = { driver: 'nvidia', count: input.gpuCount, capabilities: ['gpu'] }
  return { deploy: { resources: { reservations: { devices: [device] } } } }
}

/** `compose.yaml` with the engine; the keys are read from `.env` beside it. */
export function buildCompose(options: ServeOptions): string {
  const { name } = toWeightsName({ ...options.input, weightsPath: options.weightsPath })
  const folder = toMountedFolder(name)
  return toYaml({
    services: {
      vllm: {
        image: toImage(options),
        entrypoint: ENTRYPOINT,
        command: toArguments(chooseFlags(options)),
        ports: [`127.0.0.1:${options.port}:${CONTAINER_PORT}`],
        ipc: 'host',
        environment: ['HF_TOKEN', 'VLLM_API_KEY'],
        volumes: [
          `models:${MODEL_CACHE_PATH}`,
          `compiled:${COMPILE_CACHE_PATH}`,
          ...(folder === undefined ? [] : [`${folder}:${folder}:ro`]),
        ],
        ...toDevices(options),
        healthcheck: HEALTHCHECK,
        restart: 'unless-stopped',
        stop_grace_period: '30s',
      },
    },
    volumes: { models: {}, compiled: {} },
  })
}
