import { describe, expect, it } from 'vitest'
import { inputOf } from './__fixtures__/plan-inputs'
import { optionsOf } from './__fixtures__/serve-options'
import { chooseFlags, toArguments, toWeightsName } from './choose-flags'

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
