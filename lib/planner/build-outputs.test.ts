import { describe, expect, it } from 'vitest'
import { gpuNamed, inputOf } from './__fixtures__/plan-inputs'
import { optionsOf } from './__fixtures__/serve-options'

import { buildOutput, OUTPUT_NAMES, type OutputName } from './build-outputs'
import type { PlanInput } from './plan-input'

const build = (name: OutputName, more: Parameters<typeof optionsOf>[0] = {}) =>
  buildOutput({ name, options: optionsOf(more) })

const input = (more: Partial<PlanInput>) => ({ input: inputOf(more) })

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
