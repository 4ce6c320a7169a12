import { chooseFlags, type ServeOptions, toArguments, toWeightsName } from './choose-flags'
import {
  COMPILE_CACHE_PATH,
  CONTAINER_PORT,
  ENTRYPOINT,
  MODEL_CACHE_PATH,
  SHARED_MEMORY,
  toImage,
  toMountedFolder,
} from './container-parts'
import { toAbilities } from './gpu-catalogue'
import { GIB } from './measured-memory'
import { toPlanMemory } from './plan-memory'
import { toYaml, type YamlValue } from './to-yaml'

const NAME = 'vllm'

/** Keys never stand in a manifest. */
export const SECRET_HINT =
  '# kubectl create secret generic vllm-keys --from-literal=vllm-api-key=… --from-literal=hf-token=…\n'
const LABELS = { app: NAME }

/** Of the volume with the weights: twice what one copy needs, and room for the compiled code. */
export function toStorageGib({ input }: Pick<ServeOptions, 'input'>): number {
  const bytes = toPlanMemory({ ...input, gpuCount: 1 }).parameterBytes
  return Math.ceil((bytes * 2) / GIB) + 10
}

export function toGpuResource({ input }: Pick<ServeOptions, 'input'>): string {
  return toAbilities(input.gpu).isAmd ? 'amd.com/gpu' : 'nvidia.com/gpu'
}

/**
 * vLLM refuses connections for its whole load: the startup probe waits half an hour for it, so that
 * the liveness probe never ends a load that is only long.
 */
function toProbes(): Record<string, YamlValue> {
  const httpGet = { path: '/health', port: CONTAINER_PORT }
  return {
    startupProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 180 },
    readinessProbe: { httpGet, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
    livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  }
}

function toSecretVariable(name: string): YamlValue {
  const key = name.toLowerCase().replaceAll('_', '-')
  return { name, valueFrom: { secretKeyRef: { name: 'vllm-keys', key, optional: true } } }
}

function toVolumes(options: ServeOptions) {
  const { name } = toWeightsName({ ...options.input, weightsPath: options.weightsPath })
  const folder = toMountedFolder(name)
  const mounts: YamlValue[] = [
    { name: 'cache', mountPath: MODEL_CACHE_PATH, subPath: 'models' },
    { name: 'cache', mountPath: COMPILE_CACHE_PATH, subPath: 'compiled' },
    { name: 'shared-memory', mountPath: '/dev/shm' },
  ]
  const volumes: YamlValue[] = [
    { name: 'cache', persistentVolumeClaim: { claimName: 'vllm-cache' } },
    { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: SHARED_MEMORY } },
  ]
  if (folder !== undefined) {
    mounts.push({ name: 'weights', mountPath: folder, readOnly: true })
    volumes.push({ name: 'weights', hostPath: { path: folder, type: 'Directory' } })
  }
  return { mounts, volumes }
}

function toDeployment(options: ServeOptions): YamlValue {
  const { mounts, volumes } = toVolumes(options)
  const container: YamlValue = {
    name: NAME,
    image: toImage(options),
    command: ENTRYPOINT,
    args: toArguments(chooseFlags(options)),
    ports: [{ name: 'http', containerPort: CONTAINER_PORT }],
    env: ['HF_TOKEN', 'VLLM_API_KEY'].map(toSecretVariable),
    resources: { limits: { [toGpuResource(options)]: options.input.gpuCount } },
    ...toProbes(),
    volumeMounts: mounts,
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, labels: LABELS },
    spec: {
      replicas: 1,
      // Two engines do not fit on one card: the old one goes before the new one comes.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        // Kubernetes sets VLLM_PORT for a service of this name, and vLLM reads it as a setting.
        spec: {
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 60,
          containers: [container],
          volumes,
        },
      },
    },
  }
}

/** A volume claim, a deployment and a service inside the cluster; the keys are in the secret `vllm-keys`. */
export function buildKubernetes(options: ServeOptions): string {
  const claim: YamlValue = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'vllm-cache' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: `${toStorageGib(options)}Gi` } },
    },
  }
  const service: YamlValue = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, labels: LABELS },
    spec: {
      type: 'ClusterIP',
      selector: LABELS,
      ports: [{ name: 'http', port: options.port, targetPort: 'http' }],
    },
  }
  return SECRET_HINT + [claim, toDeployment(options), service].map(toYaml).join('---\n')
}
