import { SECRET_HINT, toGpuResource, toStorageGib } from './build-kubernetes'
import { type ChosenFlag, chooseFlags, type ServeOptions, toArguments } from './choose-flags'
import { CONTAINER_PORT, SHARED_MEMORY, toImage, toMountedFolder } from './container-parts'
import { toYaml, type YamlValue } from './to-yaml'

/** What the chart writes as flags of its own; written twice, the last would win. */
const OWN_KEYS: Partial<Record<ChosenFlag['name'], string>> = {
  'max-model-len': 'maxModelLen',
  'max-num-seqs': 'maxNumSeqs',
  'gpu-memory-utilization': 'gpuMemoryUtilization',
  dtype: 'dtype',
}

function toVllmConfig({
  options,
  flags,
}: {
  options: ServeOptions
  flags: readonly ChosenFlag[]
}): YamlValue {
  const own = flags.flatMap(({ name, value }): [string, YamlValue][] => {
    const key = OWN_KEYS[name]
    if (key === undefined || value === undefined) return []
    return [[key, name === 'dtype' ? value : Number(value)]]
  })
  const rest = flags.filter(({ name }) => OWN_KEYS[name] === undefined && name !== 'model')
  return {
    // The chart turns prefix caching off unless it is told this.
    enablePrefixCaching: true,
    ...Object.fromEntries(own),
    // With it the chart mounts shared memory, which more than one card needs.
    tensorParallelSize: options.input.gpuCount,
    extraArgs: toArguments(rest.filter(({ name }) => name !== 'tensor-parallel-size')),
  }
}

/** A folder of the node, where the weights have no name on Hugging Face. */
function toWeightsMount(model: string): Record<string, YamlValue> {
  const folder = toMountedFolder(model)
  if (folder === undefined) return {}
  return {
    extraVolumes: [{ name: 'weights', hostPath: { path: folder, type: 'Directory' } }],
    extraVolumeMounts: [{ name: 'weights', mountPath: folder, readOnly: true }],
  }
}

/** Values for vLLM's production-stack chart: `helm install vllm vllm/vllm-stack -f values.yaml`. */
export function buildHelmValues(options: ServeOptions): string {
  const flags = chooseFlags(options)
  const [repository = '', tag = ''] = toImage(options).split(':')
  const model = flags.find(({ name }) => name === 'model')?.value ?? ''
  const probe = { path: '/health', port: CONTAINER_PORT }
  return `${SECRET_HINT}${toYaml({
    servingEngineSpec: {
      vllmApiKey: { secretName: 'vllm-keys', secretKey: 'vllm-api-key' },
      startupProbe: {
        initialDelaySeconds: 15,
        periodSeconds: 10,
        failureThreshold: 180,
        httpGet: probe,
      },
      modelSpec: [
        {
          name: 'chat',
          repository,
          tag,
          modelURL: model,
          replicaCount: 1,
          requestCPU: 4,
          requestMemory: '16Gi',
          requestGPU: options.input.gpuCount,
          requestGPUType: toGpuResource(options),
          pvcStorage: `${toStorageGib(options)}Gi`,
          pvcAccessMode: ['ReadWriteOnce'],
          shmSize: SHARED_MEMORY,
          ...toWeightsMount(model),
          vllmConfig: toVllmConfig({ options, flags }),
        },
      ],
    },
    routerSpec: {
      // The app sends a stable X-Session-ID with each conversation: its turns meet their own cache.
      routingLogic: 'session',
      sessionKey: 'X-Session-ID',
    },
  })}`
}
