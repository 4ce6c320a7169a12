import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readRecordedLog } from './__fixtures__/read-log'
import { parseLogLine } from './parse-log-line'

const linesOf = (file: string) =>
  readRecordedLog(file)
    .map((read) => read.s)
    .join('')
    .split(/\r\n|\n|\r/)

describe('parseLogLine on whole recorded logs', () => {
  const milestonesOf = (lines: string[]) => {
    const seen: string[] = []
    for (const line of lines) {
      const { milestone } = parseLogLine(line)
      if (milestone !== undefined && seen.at(-1) !== milestone) seen.push(milestone)
    }
    return seen
  }

  it('follows vLLM 0.32 on a CPU', () => {
    const lines = linesOf('vllm-0.32.0.startup.enforce-eager')
    expect(milestonesOf(lines).slice(0, 11)).toEqual([
      'banner',
      'resolved',
      'engine-init',
      'load-start',
      'shards',
      'weights-loaded',
      'kv-memory',
      'kv-size',
      'engine-ready',
      'serving',
      'ready',
    ])
    const parsed = lines.map(parseLogLine)
    expect(parsed.filter((line) => line.isProcessStart)).toHaveLength(1)
    expect(Object.assign({}, ...parsed.map((line) => line.facts))).toEqual({
      version: '0.32.0',
      model: '/models/smollm2',
      architecture: 'LlamaForCausalLM',
      maxModelLen: 4096,
      dtype: 'bfloat16',
      weightsLoadMs: 350,
      kvCacheGib: 1,
      kvCacheTokens: 46_592,
      maxConcurrency: 11.38,
      engineInitMs: 600,
    })
  })

  it('follows the compiling start of vLLM 0.32 on a CPU', () => {
    const text = readFileSync(
      new URL('./__fixtures__/vllm-0.32.0.startup.compile.log', import.meta.url),
      'utf8',
    )
    expect(milestonesOf(text.split('\n')).slice(5, 11)).toEqual([
      'weights-loaded',
      'compile-start',
      'compile',
      'warmed-up',
      'kv-memory',
      'kv-size',
    ])
  })

  it('follows vLLM 0.26 on a GPU, both bars of the graphs included', () => {
    const lines = linesOf('vllm-0.26.0-gpu.startup.compile-cold')
    expect(milestonesOf(lines).slice(0, 15)).toEqual([
      'banner',
      'resolved',
      'engine-init',
      'load-start',
      'weights-loaded',
      'compile-start',
      'compile',
      'compiled',
      'warmed-up',
      'kv-memory',
      'kv-size',
      'graphs',
      'graphs-done',
      'engine-ready',
      'serving',
    ])
    const parsed = lines.map(parseLogLine)
    const bars = parsed
      .filter((line) => line.milestone === 'graphs')
      .map((line) => line.stagePercent)
    expect(bars.filter((percent) => percent === 0)).toHaveLength(2)
    expect(Object.assign({}, ...parsed.map((line) => line.facts))).toMatchObject({
      version: '0.26.0',
      model: '/models/qwen3-4b',
      weightsGib: 7.64,
      compileMs: 23_990,
      kvCacheTokens: 853_504,
      graphsGib: 0.61,
      activationGib: 0.74,
    })
  })

  it('reads the length that was fitted', () => {
    const parsed = linesOf('vllm-0.26.0-gpu.startup.max-model-len-auto').map(parseLogLine)
    expect(Object.assign({}, ...parsed.map((line) => line.facts)).maxModelLen).toBeLessThan(262_144)
  })

  it.each([
    [
      'gpu-already-in-use',
      ['engine-core-failed', 'gpu-memory-taken', 'gpu-memory-taken', 'engine-core-failed'],
    ],
    [
      'kv-smaller-than-max-model-len',
      ['engine-core-failed', 'kv-too-small', 'kv-too-small', 'engine-core-failed'],
    ],
    [
      'max-model-len-needs-more-kv',
      ['engine-core-failed', 'kv-too-small', 'kv-too-small', 'engine-core-failed'],
    ],
    [
      'no-memory-for-cache-blocks',
      ['engine-core-failed', 'no-kv-memory', 'no-kv-memory', 'engine-core-failed'],
    ],
    ['max-model-len-above-the-models', ['max-model-len-too-large']],
  ])('finds the fatal lines of %s and no other', (file, codes) => {
    const parsed = linesOf(`vllm-0.26.0-gpu.fatal.${file}`).map(parseLogLine)
    expect(parsed.flatMap((line) => line.failure?.code ?? [])).toEqual(codes)
  })

  it('finds nothing fatal in the starts that went well', () => {
    const lines = [
      ...linesOf('vllm-0.26.0-gpu.startup.compile-cold'),
      ...linesOf('vllm-0.26.0-gpu.startup.max-model-len-auto'),
    ]
    expect(lines.flatMap((line) => parseLogLine(line).failure ?? [])).toEqual([])
  })

  it('reads stamps that can be subtracted', () => {
    const stamps = linesOf('vllm-0.26.0-gpu.startup.compile-cold').flatMap(
      (line) => parseLogLine(line).loggedAtMs ?? [],
    )
    expect((stamps.at(-1) ?? 0) - (stamps[0] ?? 0)).toBe(247_000)
  })
})
