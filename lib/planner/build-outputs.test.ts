import { describe, expect, it } from 'vitest'
import { findRefusals } from './__fixtures__/argparse-serve'
import { gpuNamed, inputOf } from './__fixtures__/plan-inputs'
import { buildServeGrid } from './__fixtures__/serve-grid'
import { buildOutput, OUTPUT_NAMES, type OutputName } from './build-outputs'
import { buildServeWords } from './build-serve-command'
import {
  chooseFlags,
  type ServeOptions,
  toArguments,
  toWeightsName,
  WHY_CODES,
} from './choose-flags'
import { lintCommand } from './lint-command'
import type { PlanInput } from './plan-input'
import { readCommand } from './read-command'
import { isInVersion, SERVE_FLAGS } from './serve-flag-history'
import { splitCommand } from './split-command'
import { parseVllmVersion } from './vllm-version'

const grid = buildServeGrid()

function optionsOf(more: Partial<ServeOptions> & { version?: never; vllm?: string } = {}) {
  const { vllm = '0.32', ...rest } = more
  const version = parseVllmVersion(vllm)
  if (!('value' in version)) throw new Error(vllm)
  return { input: inputOf(), port: 8000, weightsPath: undefined, ...rest, version: version.value }
}

const build = (name: OutputName, more: Parameters<typeof optionsOf>[0] = {}) =>
  buildOutput({ name, options: optionsOf(more) })

const input = (more: Partial<PlanInput>) => ({ input: inputOf(more) })

describe(`the commands of a grid of ${grid.length} plans`, () => {
  it('are large enough to be worth it', () => {
    expect(grid.length).toBe(12_000)
  })

  it('are taken by the recorded parser of vLLM 0.32.0', () => {
    const newest = grid.filter(({ version }) => version.minor === 32)
    expect(newest.length).toBe(480)
    const refused = newest.flatMap((options) => findRefusals(buildServeWords(options).slice(2)))
    expect(refused).toEqual([])
  })

  it('hold no flag that their version does not have', () => {
    const wrong = new Set<string>()
    for (const options of grid) {
      const { minor } = options.version
      for (const word of buildServeWords(options).filter((each) => each.startsWith('--'))) {
        const flag = SERVE_FLAGS.get(word.slice(2))
        if (flag === undefined || !isInVersion({ flag, minor })) wrong.add(`0.${minor} ${word}`)
      }
    }
    expect([...wrong]).toEqual([])
  })

  it('come out of a shell as they went in, as a line and in a container', () => {
    for (const options of grid.filter((_, index) => index % 11 === 0)) {
      const words = buildServeWords(options)
      expect(splitCommand(buildOutput({ name: 'serve', options })).words).toEqual(words)
      const docker = readCommand(splitCommand(buildOutput({ name: 'docker', options })).words)
      expect(docker?.args).toEqual(toArguments(chooseFlags(options)))
      expect(docker?.docker?.tag).toBe(`v${options.version.text}.0`)
    }
  })

  it('give the linter nothing to say but what the plan asked for', () => {
    const asked = ['seqs-low', 'utilization-lowered', 'no-op']
    const said = new Set<string>()
    for (const options of grid.filter((_, index) => index % 7 === 0)) {
      for (const name of ['serve', 'docker'] as const) {
        const text = buildOutput({ name, options })
        const { findings } = lintCommand({ text, version: options.version })
        for (const { code, flag } of findings) {
          if (!asked.includes(code)) said.add(`0.${options.version.minor} ${code} ${flag}`)
        }
      }
    }
    expect([...said]).toEqual([])
  })

  it('give every argument its reason', () => {
    const used = new Set(grid.flatMap((options) => chooseFlags(options).map(({ name }) => name)))
    for (const name of WHY_CODES.filter((code) => code !== 'host' && code !== 'port')) {
      expect(used, name).toContain(name)
    }
  })
})

describe('chooseFlags', () => {
  it.each<[string, string[], string[]]>([
    [
      '0.32',
      ['enable-per-request-metrics', 'sse-keep-alive-interval', 'disable-access-log-for-endpoints'],
      ['disable-log-requests'],
    ],
    ['0.28', ['enable-per-request-metrics'], ['sse-keep-alive-interval', 'disable-log-requests']],
    ['0.24', ['disable-access-log-for-endpoints'], ['enable-per-request-metrics']],
    ['0.15', ['enable-prompt-tokens-details'], ['disable-access-log-for-endpoints']],
    [
      '0.8.5',
      ['enable-prompt-tokens-details', 'disable-log-requests'],
      ['enable-per-request-metrics'],
    ],
  ])('for %s takes %s and leaves out %s', (vllm, present, absent) => {
    const names: string[] = chooseFlags(optionsOf({ vllm })).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(present))
    for (const name of absent) expect(names).not.toContain(name)
  })

  it('splits the thoughts of a thinking model off, by the parser its version has', () => {
    const shape = { ...inputOf().shape, isThinking: true }
    const argsFor = (vllm: string) =>
      toArguments(chooseFlags(optionsOf({ vllm, input: inputOf({ shape }) }))).join(' ')
    expect(argsFor('0.32')).toContain('--reasoning-parser qwen3')
    expect(argsFor('0.8.5')).toContain('--enable-reasoning --reasoning-parser deepseek_r1')
    expect(argsFor('0.32')).not.toContain('--enable-reasoning')
  })
})

describe('toWeightsName', () => {
  const { shape } = inputOf()
  it.each([
    ['bf16', undefined, 'Qwen/Qwen3-4B-Instruct-2507', false, false],
    ['fp8', undefined, 'Qwen/Qwen3-4B-Instruct-2507-FP8', false, false],
    ['awq', undefined, '/models/Qwen3-4B-Instruct-2507-AWQ', true, false],
    ['gptq', '/data/mine', '/data/mine', false, false],
  ] as const)(
    'of %s with the path %s is %s',
    (weights, weightsPath, name, isPlaceholder, isOnline) => {
      expect(toWeightsName({ shape, weights, weightsPath })).toEqual({
        name,
        isPlaceholder,
        isOnline,
      })
    },
  )

  it('quantizes to fp8 while loading where nobody has published such weights', () => {
    const own = { ...shape, id: 'me/own' }
    const { repositories: _, ...plain } = own as typeof own & { repositories: unknown }
    expect(toWeightsName({ shape: plain, weights: 'fp8', weightsPath: undefined })).toEqual({
      name: 'me/own',
      isPlaceholder: false,
      isOnline: true,
    })
  })
})

describe('the outputs', () => {
  it('is a command to paste', () => {
    expect(build('serve')).toMatchInlineSnapshot(`
      "vllm serve Qwen/Qwen3-4B-Instruct-2507 \\
        --max-model-len 16384 \\
        --gpu-memory-utilization 0.88 \\
        --enable-prompt-tokens-details \\
        --enable-per-request-metrics \\
        --enable-request-id-headers \\
        --sse-keep-alive-interval 15 \\
        --disable-access-log-for-endpoints /health,/metrics,/ping \\
        --host 127.0.0.1 \\
        --port 8000"
    `)
  })

  it('is a container that only this machine reaches', () => {
    expect(build('docker', input({ weights: 'awq' }))).toMatchInlineSnapshot(`
      "docker run --rm --name vllm \\
        --gpus all \\
        --ipc host \\
        --publish 127.0.0.1:8000:8000 \\
        --volume vllm-models:/root/.cache/huggingface \\
        --volume vllm-compiled:/root/.cache/vllm \\
        --volume /models:/models:ro \\
        --env HF_TOKEN \\
        --env VLLM_API_KEY \\
        --entrypoint vllm \\
        vllm/vllm-openai:v0.32.0 serve /models/Qwen3-4B-Instruct-2507-AWQ \\
        --served-model-name Qwen/Qwen3-4B-Instruct-2507 \\
        --max-model-len 16384 \\
        --gpu-memory-utilization 0.88 \\
        --enable-prompt-tokens-details \\
        --enable-per-request-metrics \\
        --enable-request-id-headers \\
        --sse-keep-alive-interval 15 \\
        --disable-access-log-for-endpoints /health,/metrics,/ping"
    `)
  })

  it('is a compose file', () => {
    expect(build('compose')).toMatchInlineSnapshot(`
      "services:
        vllm:
          image: "vllm/vllm-openai:v0.32.0"
          entrypoint:
            - vllm
            - serve
          command:
            - Qwen/Qwen3-4B-Instruct-2507
            - "--max-model-len"
            - "16384"
            - "--gpu-memory-utilization"
            - "0.88"
            - "--enable-prompt-tokens-details"
            - "--enable-per-request-metrics"
            - "--enable-request-id-headers"
            - "--sse-keep-alive-interval"
            - "15"
            - "--disable-access-log-for-endpoints"
            - "/health,/metrics,/ping"
          ports:
            - "127.0.0.1:8000:8000"
          ipc: host
          environment:
            - HF_TOKEN
            - VLLM_API_KEY
          volumes:
            - "models:/root/.cache/huggingface"
            - "compiled:/root/.cache/vllm"
          deploy:
            resources:
              reservations:
                devices:
                  - driver: nvidia
                    count: 1
                    capabilities:
                      - gpu
          healthcheck:
            test:
              - CMD
              - curl
              - "--fail"
              - "--silent"
              - "http://127.0.0.1:8000/health"
            interval: "10s"
            timeout: "3s"
            retries: 3
            start_period: "20m"
          restart: unless-stopped
          stop_grace_period: "30s"
      volumes:
        models: {}
        compiled: {}
      "
    `)
  })

  it('is a set of manifests with a startup probe that outlasts a load', () => {
    expect(build('kubernetes', input({ gpuCount: 2 }))).toMatchInlineSnapshot(`
      "# kubectl create secret generic vllm-keys --from-literal=vllm-api-key=… --from-literal=hf-token=…
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: vllm-cache
      spec:
        accessModes:
          - ReadWriteOnce
        resources:
          requests:
            storage: "25Gi"
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: vllm
        labels:
          app: vllm
      spec:
        replicas: 1
        strategy:
          type: Recreate
        selector:
          matchLabels:
            app: vllm
        template:
          metadata:
            labels:
              app: vllm
          spec:
            enableServiceLinks: false
            terminationGracePeriodSeconds: 60
            containers:
              - name: vllm
                image: "vllm/vllm-openai:v0.32.0"
                command:
                  - vllm
                  - serve
                args:
                  - Qwen/Qwen3-4B-Instruct-2507
                  - "--max-model-len"
                  - "16384"
                  - "--gpu-memory-utilization"
                  - "0.88"
                  - "--tensor-parallel-size"
                  - "2"
                  - "--enable-prompt-tokens-details"
                  - "--enable-per-request-metrics"
                  - "--enable-request-id-headers"
                  - "--sse-keep-alive-interval"
                  - "15"
                  - "--disable-access-log-for-endpoints"
                  - "/health,/metrics,/ping"
                ports:
                  - name: http
                    containerPort: 8000
                env:
                  - name: HF_TOKEN
                    valueFrom:
                      secretKeyRef:
                        name: vllm-keys
                        key: hf-token
                        optional: true
                  - name: VLLM_API_KEY
                    valueFrom:
                      secretKeyRef:
                        name: vllm-keys
                        key: vllm-api-key
                        optional: true
                resources:
                  limits:
                    nvidia.com/gpu: 2
                startupProbe:
                  httpGet:
                    path: /health
                    port: 8000
                  periodSeconds: 10
                  timeoutSeconds: 3
                  failureThreshold: 180
                readinessProbe:
                  httpGet:
                    path: /health
                    port: 8000
                  periodSeconds: 5
                  timeoutSeconds: 3
                  failureThreshold: 2
                livenessProbe:
                  httpGet:
                    path: /health
                    port: 8000
                  periodSeconds: 10
                  timeoutSeconds: 5
                  failureThreshold: 6
                volumeMounts:
                  - name: cache
                    mountPath: /root/.cache/huggingface
                    subPath: models
                  - name: cache
                    mountPath: /root/.cache/vllm
                    subPath: compiled
                  - name: shared-memory
                    mountPath: /dev/shm
            volumes:
              - name: cache
                persistentVolumeClaim:
                  claimName: vllm-cache
              - name: shared-memory
                emptyDir:
                  medium: Memory
                  sizeLimit: "8Gi"
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: vllm
        labels:
          app: vllm
      spec:
        type: ClusterIP
        selector:
          app: vllm
        ports:
          - name: http
            port: 8000
            targetPort: http
      "
    `)
  })

  it('is a values file for the production stack, with prefix caching on and routing by session', () => {
    expect(build('helm', input({ gpuCount: 2, kvCacheDtype: 'fp8' }))).toMatchInlineSnapshot(`
      "# kubectl create secret generic vllm-keys --from-literal=vllm-api-key=… --from-literal=hf-token=…
      servingEngineSpec:
        vllmApiKey:
          secretName: vllm-keys
          secretKey: vllm-api-key
        startupProbe:
          initialDelaySeconds: 15
          periodSeconds: 10
          failureThreshold: 180
          httpGet:
            path: /health
            port: 8000
        modelSpec:
          - name: chat
            repository: vllm/vllm-openai
            tag: v0.32.0
            modelURL: Qwen/Qwen3-4B-Instruct-2507
            replicaCount: 1
            requestCPU: 4
            requestMemory: "16Gi"
            requestGPU: 2
            requestGPUType: nvidia.com/gpu
            pvcStorage: "25Gi"
            pvcAccessMode:
              - ReadWriteOnce
            shmSize: "8Gi"
            vllmConfig:
              enablePrefixCaching: true
              maxModelLen: 16384
              gpuMemoryUtilization: 0.88
              tensorParallelSize: 2
              extraArgs:
                - "--kv-cache-dtype"
                - fp8
                - "--enable-prompt-tokens-details"
                - "--enable-per-request-metrics"
                - "--enable-request-id-headers"
                - "--sse-keep-alive-interval"
                - "15"
                - "--disable-access-log-for-endpoints"
                - "/health,/metrics,/ping"
      routerSpec:
        routingLogic: session
        sessionKey: X-Session-ID
      "
    `)
  })

  it("is vLLM's own configuration file", () => {
    expect(build('config')).toMatchInlineSnapshot(`
      "model: Qwen/Qwen3-4B-Instruct-2507
      max-model-len: 16384
      gpu-memory-utilization: 0.88
      enable-prompt-tokens-details: true
      enable-per-request-metrics: true
      enable-request-id-headers: true
      sse-keep-alive-interval: 15
      disable-access-log-for-endpoints: "/health,/metrics,/ping"
      host: "127.0.0.1"
      port: 8000
      "
    `)
  })

  it('asks for the devices of an AMD card', () => {
    const amd = { ...input({ gpu: gpuNamed('MI300X') }) }
    expect(build('docker', amd)).toContain('--device /dev/kfd')
    expect(build('docker', amd)).toContain('vllm/vllm-openai-rocm:v0.32.0')
    expect(build('compose', amd)).toContain('- /dev/kfd')
    expect(build('kubernetes', amd)).toContain('amd.com/gpu: 1')
    expect(build('helm', amd)).toContain('requestGPUType: amd.com/gpu')
  })

  it('names the image of the version asked for, and never a key', () => {
    for (const name of OUTPUT_NAMES) {
      const text = build(name, { vllm: 'v0.10.2' })
      expect(text).not.toMatch(/--api-key|latest/)
      if (['docker', 'compose', 'kubernetes'].includes(name)) {
        expect(text).toContain('vllm/vllm-openai:v0.10.2')
      }
    }
  })
})
