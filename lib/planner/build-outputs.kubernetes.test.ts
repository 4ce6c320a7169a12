import { describe, expect, it } from 'vitest'
import { inputOf } from './__fixtures__/plan-inputs'
import { optionsOf } from './__fixtures__/serve-options'

import { buildOutput, type OutputName } from './build-outputs'
import type { PlanInput } from './plan-input'

const build = (name: OutputName, more: Parameters<typeof optionsOf>[0] = {}) =>
  buildOutput({ name, options: optionsOf(more) })

const input = (more: Partial<PlanInput>) => ({ input: inputOf(more) })

describe('the outputs', () => {
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
})
