import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '@/lib/domain/error'
import type { EngineHttp } from './engine-http'
import { parseEngineMetrics, readEngineMetrics } from './read-metrics'

const recorded = (file: string) =>
  readFileSync(new URL(`./__fixtures__/${file}`, import.meta.url), 'utf8')

describe('parseEngineMetrics', () => {
  it('reads the page of vLLM 0.32 on a CPU', () => {
    expect(parseEngineMetrics(recorded('vllm-0.32.0.metrics_after.txt'))).toEqual({
      processStartedAtMs: 1_795_454_332_320,
      runningRequests: 0,
      waitingRequests: 0,
      kvCacheUsage: 0,
      isSleeping: false,
      promptTokens: 1264,
      cachedPromptTokens: 512,
      generationTokens: 59,
      iterationTokens: 811,
      preemptions: 0,
      prefixCacheQueryTokens: 1264,
      prefixCacheHitTokens: 512,
      blockSizeTokens: 128,
      kvCacheTokens: 46_592,
      isPrefixCachingEnabled: true,
      gpuMemoryFraction: 0.92,
      kvCacheDtype: 'auto',
      ttftBuckets: expect.any(Array),
    })
  })

  it('reads the page of vLLM 0.26 on a GPU', () => {
    expect(parseEngineMetrics(recorded('vllm-0.26.0-gpu.metrics_after.txt'))).toMatchObject({
      processStartedAtMs: 1_795_458_394_430,
      generationTokens: 335_133,
      promptTokens: 1_798_797,
      prefixCacheHitTokens: 241_424,
      blockSizeTokens: 16,
      isPrefixCachingEnabled: true,
      gpuMemoryFraction: 0.9,
    })
  })

  it('sums over the engines of a data-parallel server, and takes the mean of what is a share', () => {
    const text = [
      'vllm:num_requests_running{engine="0",model_name="m"} 3.0',
      'vllm:num_requests_running{engine="1",model_name="m"} 4.0',
      'vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.2',
      'vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.6',
      'vllm:cache_config_info{block_size="16",engine="0",kv_cache_size_tokens="1000"} 1.0',
      'vllm:cache_config_info{block_size="16",engine="1",kv_cache_size_tokens="500"} 1.0',
    ].join('\n')
    expect(parseEngineMetrics(text)).toEqual({
      runningRequests: 7,
      kvCacheUsage: 0.4,
      blockSizeTokens: 16,
      kvCacheTokens: 1500,
    })
  })

  it('adds the times to first token up by their bounds, over the engines', () => {
    const { ttftBuckets } = parseEngineMetrics(recorded('vllm-0.32.0.metrics_after.txt'))
    expect(ttftBuckets).toHaveLength(23)
    expect(ttftBuckets?.at(0)).toEqual({ upper: 0.001, count: 0 })
    expect(ttftBuckets?.at(-1)).toEqual({ upper: Number.POSITIVE_INFINITY, count: 3 })
    const name = 'vllm:time_to_first_token_seconds_bucket'
    const text = [
      `${name}{engine="0",le="+Inf"} 3.0`,
      `${name}{engine="0",le="0.5"} 2.0`,
      `${name}{engine="1",le="0.5"} 5.0`,
      `${name}{engine="1",le="+Inf"} 5.0`,
      `${name}{engine="1",le="nonsense"} 9.0`,
      `${name}{engine="1"} 9.0`,
    ].join('\n')
    expect(parseEngineMetrics(text).ttftBuckets).toEqual([
      { upper: 0.5, count: 7 },
      { upper: Number.POSITIVE_INFINITY, count: 8 },
    ])
  })

  it('falls back to the names of older versions, and to blocks where the tokens are not told', () => {
    const text = [
      'vllm:gpu_cache_usage_perc{model_name="m"} 0.25',
      'vllm:gpu_prefix_cache_queries_total{model_name="m"} 10',
      'vllm:gpu_prefix_cache_hits_total{model_name="m"} 4',
      'vllm:cache_config_info{block_size="16",num_gpu_blocks="100",kv_cache_size_tokens="None"} 1.0',
    ].join('\r\n')
    expect(parseEngineMetrics(text)).toEqual({
      kvCacheUsage: 0.25,
      prefixCacheQueryTokens: 10,
      prefixCacheHitTokens: 4,
      blockSizeTokens: 16,
      kvCacheTokens: 1600,
    })
  })

  it('counts an old name only where the new one is missing', () => {
    const text = 'vllm:gpu_cache_usage_perc 0.9\nvllm:kv_cache_usage_perc 0.1'
    expect(parseEngineMetrics(text).kvCacheUsage).toBe(0.1)
  })

  it.each([
    ['awake', 1, false],
    ['awake', 0, true],
    ['weights_offloaded', 1, true],
    ['discard_all', 0, false],
  ])('takes the sleep state %s %i as asleep: %s', (state, value, isSleeping) => {
    const text = `vllm:engine_sleep_state{engine="0",sleep_state="${state}"} ${value}`
    expect(parseEngineMetrics(text).isSleeping).toBe(isSleeping)
  })

  it('reads label values with braces, quotes and commas', () => {
    const text = String.raw`vllm:num_requests_running{model_name="a\"}b,{c\\",engine="0"} 2 1700000000`
    expect(parseEngineMetrics(text).runningRequests).toBe(2)
  })

  it.each([
    ['no number', 'vllm:num_requests_running{a="b"} many'],
    ['nothing', 'vllm:num_requests_running{a="b"}'],
    ['NaN', 'vllm:num_requests_running NaN'],
    ['infinity', 'vllm:num_requests_running +Inf'],
    ['an open label set', 'vllm:num_requests_running{a="b 2'],
    ['a broken label set', 'vllm:num_requests_running{a=b} 2'],
    ['an endless line', `vllm:num_requests_running{a="${'x'.repeat(70_000)}"} 2`],
    ['a page of another server', 'llamacpp:requests_processing 1\n__proto__ 1\nconstructor 2'],
    ['HTML', '<html><body>no</body></html>'],
  ])('leaves out a sample with %s', (_, text) => {
    expect(parseEngineMetrics(text)).toEqual({})
  })

  it('reads a long label without overflowing', () => {
    const text = `vllm:num_requests_running{a="${'\\"'.repeat(30_000)}"} 2`
    expect(parseEngineMetrics(text).runningRequests).toBe(2)
  })

  it('never throws, whatever the page holds', () => {
    const name = fc.constantFrom('vllm:num_requests_running', 'vllm:cache_config_info', '__proto__')
    const line = fc.tuple(name, fc.string(), fc.string()).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
        parseEngineMetrics(lines.join('\n'))
        expect(Object.hasOwn(Object.prototype, 'runningRequests')).toBe(false)
      }),
    )
  })
})

describe('readEngineMetrics', () => {
  const failing = (code: ErrorCode): EngineHttp => ({
    baseUrl: '',
    request: () => Promise.reject(new AppError(code)),
  })

  it.each(['engine_path_not_found', 'engine_unauthorized', 'engine_wrong_content_type'] as const)(
    'is undefined after %s',
    async (code) => {
      expect(await readEngineMetrics({ http: failing(code) })).toBeUndefined()
    },
  )

  it('passes on that the engine is gone', async () => {
    await expect(readEngineMetrics({ http: failing('engine_unreachable') })).rejects.toMatchObject({
      code: 'engine_unreachable',
    })
  })
})
