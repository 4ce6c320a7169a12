import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { PLAN_FIELDS } from '@/lib/planner/plan-fields'
import { HELP } from './help'
import { runPlan } from './run-plan'

const root = fileURLToPath(new URL('../../', import.meta.url))

const ARTICLE =
  'python -m vllm.entrypoints.openai.api_server --model qwen/Qwen3-4B-Instruct-2507 --tensor-parallel-size 1 --max-model-len 262144 --enable-chunked-prefill --max-num-seqs 32'

async function runJson(...argv: string[]) {
  const { exitCode, output, error } = await runPlan([...argv, '--json'])
  expect(error).toBe('')
  return { exitCode, json: JSON.parse(output) }
}

describe('npm run plan', () => {
  it('says that it fits, and gives the command', async () => {
    const { exitCode, output, error } = await runPlan(
      '--gpu,RTX 4090,--weights,awq,--max-model-len,8192'.split(','),
    )
    expect([exitCode, error]).toEqual([0, ''])
    expect(output).toContain('Fits. It starts')
    expect(output).toContain('Weights in this format are not known by a name')
    expect(output).toMatch(/Tokens that fit, first start +124,560 tokens {2}estimate/)
    expect(output).toMatch(/4,096 tokens +30\n/)
    expect(output).toContain('--max-model-len 8192 \\\n')
    expect(output).not.toMatch(/[{}<>]|undefined|unknown/)
  })

  it('ends with 1 where it does not fit, and names the cheapest change', async () => {
    const { exitCode, output } = await runPlan(['--max-model-len', '262144'])
    expect(exitCode).toBe(1)
    expect(output).toContain('needs 36 GiB of KV cache, and 12.1 GiB are there')
    expect(output).toContain('1. --max-model-len 88064')
  })

  it('gives every figure a name with its unit', async () => {
    const { exitCode, json } = await runJson('--gpu', 'H200', '--max-num-batched-tokens', '2048')
    expect(exitCode).toBe(0)
    expect(json.verdict).toBe('fits')
    for (const name of Object.keys(json.figures)) expect(name).toMatch(/Bytes|Tokens/)
    expect(json.figures.kvBytesPerTokenPerGpu).toBe(147_456)
    expect(json.input.gpuMemoryUtilizationFraction).toBe(0.95)
    expect(json.explanations[0].formula).toMatch(/^3,633,315,840 weights × 2 B/)
    expect(json.flags[0]).toMatchObject({ flag: 'model', value: 'Qwen/Qwen3-4B-Instruct-2507' })
    expect(Object.keys(json.outputs)).toEqual([
      'serve',
      'docker',
      'compose',
      'kubernetes',
      'helm',
      'config',
    ])
  })

  it('prints one output alone, for a file', async () => {
    const { output } = await runPlan(['--output', 'compose', '--vllm', '0.10.2'])
    expect(output).toMatch(/^services:\n/)
    expect(output).toContain('vllm/vllm-openai:v0.10.2')
    expect(output).not.toContain('--enable-per-request-metrics')
  })

  it('takes the config.json of any model from a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'first-token-plan-')), 'config.json')
    const config = {
      num_attention_heads: 14,
      num_key_value_heads: 2,
      hidden_size: 896,
      num_hidden_layers: 24,
      intermediate_size: 4864,
      vocab_size: 151_936,
      tie_word_embeddings: true,
      max_position_embeddings: 32_768,
    }
    writeFileSync(file, JSON.stringify(config))
    const { json } = await runJson('--config', file, '--model', 'Qwen/Qwen2.5-0.5B-Instruct')
    expect(json.input).toMatchObject({ model: 'Qwen/Qwen2.5-0.5B-Instruct' })
    expect(json.figures.kvBytesPerTokenPerGpu).toBe(12_288)
    writeFileSync(file, '{')
    expect((await runPlan(['--config', file])).error).toContain('--config: This is not JSON.')
    expect((await runPlan(['--config', `${file}x`])).error).toContain('cannot be read')
  })

  it.each<[string[], string]>([
    [['--wieghts', 'awq'], 'There is no flag --wieghts. Did you mean --weights?'],
    [['--gpu', 'RTX 4O90'], '--gpu: No card is known as RTX 4O90. Did you mean RTX 4090'],
    [['--gpu', 'abacus'], 'Give its memory in GiB.'],
    [['--model', 'qwen3-4b-instruct'], 'Did you mean Qwen/Qwen3-4B-Instruct-2507'],
    [['--weights', 'awk'], 'Did you mean awq?'],
    [['--gpus', '0'], '--gpus: A number from 1 to 64 is wanted, not 0.'],
    [['--gpu-memory-utilization', '90'], 'A number from 0.01 to 1 is wanted'],
    [['--vllm', '0.5'], 'vLLM 0.8 to 0.32 are known, not 0.5.'],
    [['--max-model-len'], '--max-model-len needs a value.'],
    [['--gpu', '--json'], '--gpu needs a value.'],
    [['--output', 'compos'], 'Did you mean compose?'],
    [['chek'], 'Did you mean check?'],
    [['check'], 'Give the command in quotes'],
    [['check', 'python train.py'], 'This starts no vLLM.'],
    [['check', '--vllm', '0.5', 'vllm serve a'], 'vLLM 0.8 to 0.32 are known'],
  ])('ends with 2 and a clear sentence for %j', async (argv, sentence) => {
    const { exitCode, output, error } = await runPlan(argv)
    expect([exitCode, output]).toEqual([2, ''])
    expect(error).toContain(sentence)
  })

  it('describes every flag, and lists what is in the catalogue', async () => {
    for (const field of PLAN_FIELDS) expect(HELP).toContain(`--${field}`)
    expect((await runPlan(['--help'])).output).toBe(HELP)
    const { output } = await runPlan(['--list'])
    expect(output).toMatch(/RTX 4090 +23.52 GiB/)
    expect(output).toContain('Qwen/Qwen3-4B-Instruct-2507')
  })
})

describe('npm run plan -- check', () => {
  it('looks over the command of the article, given in quotes or word by word', async () => {
    const { exitCode, output } = await runPlan(['check', ARTICLE])
    expect(exitCode).toBe(0)
    expect(output).toMatch(/^0 errors, 3 warnings, 5 notes · Judged for vLLM 0.32.0\n/)
    expect(output).toContain('One chat of 262,144 tokens needs 36 GiB of KV cache')
    expect(output).toContain('Mended:\n\nvllm serve qwen/Qwen3-4B-Instruct-2507 \\\n')
    expect(await runPlan(['check', ...ARTICLE.split(' ')])).toEqual({ exitCode, output, error: '' })
  })

  it('ends with 1 where vLLM would refuse it, by the version asked for', async () => {
    const command = 'vllm serve a/b --swap-space 4'
    expect((await runPlan(['check', command])).exitCode).toBe(1)
    expect((await runPlan(['check', '--vllm', '0.17', command])).exitCode).toBe(0)
  })

  it('speaks JSON', async () => {
    const { output } = await runPlan(['check', '--json', 'vllm serve a/b --swap-space 4'])
    expect(JSON.parse(output)).toMatchObject({
      kind: 'serve',
      vllmVersion: '0.32.0',
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'flag-removed', flag: '--swap-space' }),
      ]),
    })
  })

  it('says that there is nothing to say', async () => {
    const { output } = await runPlan(['--output', 'serve'])
    const checked = await runPlan(['check', output])
    expect(checked.exitCode).toBe(0)
    expect(checked.output).toContain('--gpu-memory-utilization')
    const quiet =
      'vllm serve a/b --host 127.0.0.1 --enable-prompt-tokens-details --enable-per-request-metrics'
    expect((await runPlan(['check', quiet])).output).toMatch(/^Nothing to say against it. ·/)
  })
})

describe('the program', () => {
  it('runs in plain Node, writes to both streams and ends with its code', () => {
    const hooks = new URL('../launch/typescript-hooks.mjs', import.meta.url).href
    const run = (...argv: string[]) =>
      spawnSync(
        process.execPath,
        ['--experimental-strip-types', '--import', hooks, join(root, 'cli/plan/main.ts'), ...argv],
        { encoding: 'utf8' },
      )
    const fits = run('--gpu', '24', '--json')
    expect([fits.status, JSON.parse(fits.stdout).verdict]).toEqual([0, 'fits'])
    const wrong = run('--gpu', 'x')
    expect([wrong.status, wrong.stdout]).toEqual([2, ''])
    expect(wrong.stderr).toMatch(/^--gpu: No card is known as x/)
  })
})
