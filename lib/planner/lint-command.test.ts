import { describe, expect, it } from 'vitest'
import { findRefusals } from './__fixtures__/argparse-serve'
import { PUBLIC_COMMANDS } from './__fixtures__/public-commands'
import { lintCommand } from './lint-command'
import type { LintCode } from './lint-finding'
import { readCommand } from './read-command'
import { splitCommand } from './split-command'
import { parseVllmVersion } from './vllm-version'

const codesOf = (text: string, vllm = '0.32') => {
  const version = parseVllmVersion(vllm)
  if (!('value' in version)) throw new Error(vllm)
  return lintCommand({ text, version: version.value }).findings.map(
    ({ code, severity, flag }) => `${severity} ${code}${flag === '' ? '' : ` ${flag}`}`,
  )
}

/** What the command is about, without what is said of every command that lacks a key and this app's flags. */
const QUIET =
  'vllm serve Qwen/Qwen3-8B --host 127.0.0.1 --enable-prompt-tokens-details --enable-per-request-metrics'

const extra = (words: string, vllm?: string) => codesOf(`${QUIET} ${words}`, vllm)

describe('20 command lines from public issues and documents', () => {
  it('are 20, and the first is the one of the article', () => {
    expect(PUBLIC_COMMANDS).toHaveLength(20)
    expect(PUBLIC_COMMANDS[0]?.text).toContain('qwen/Qwen3-4B-Instruct-2507')
  })

  it.each(PUBLIC_COMMANDS)('finds what is to be said of $source', ({ text, findings }) => {
    expect(codesOf(text)).toEqual(findings)
  })

  it.each(PUBLIC_COMMANDS.map(({ source, text }) => ({ source, text })))(
    'mends $source so that nothing is left that can be mended',
    ({ text }) => {
      const { fixed } = lintCommand({ text })
      expect(fixed).toBeDefined()
      const again = lintCommand({ text: fixed ?? '' })
      expect(again.findings.filter(({ fix }) => fix !== undefined)).toEqual([])
      expect(again.fixed).toBeUndefined()
    },
  )

  it.each(PUBLIC_COMMANDS.map(({ source, text }) => ({ source, text })))(
    'mends $source so that the parser of its version takes it',
    ({ text }) => {
      const { fixed = '', version } = lintCommand({ text })
      if (version.minor !== 32) expect(text).toContain(':v0.8.5')
      if (version.minor !== 32) return
      expect(findRefusals(readCommand(splitCommand(fixed).words)?.args ?? [])).toEqual([])
    },
  )

  it('mends the command of the article', () => {
    expect(lintCommand({ text: PUBLIC_COMMANDS[0]?.text ?? '' }).fixed).toMatchInlineSnapshot(`
      "vllm serve qwen/Qwen3-4B-Instruct-2507 \\
        --max-model-len auto \\
        --host 127.0.0.1 \\
        --enable-prompt-tokens-details \\
        --enable-per-request-metrics"
    `)
  })
})

describe('what vLLM would refuse', () => {
  it.each<[string, string, string[]]>([
    ['a removed flag', '--swap-space 4', ['error flag-removed --swap-space']],
    ['a removed flag with underscores', '--swap_space=4', ['error flag-removed --swap_space']],
    ['a flag gone before 0.8', '--worker-use-ray', ['error flag-removed --worker-use-ray']],
    ['a mistyped flag', '--max-modle-len 8192', ['error flag-unknown --max-modle-len']],
    ['a word that belongs to nothing', '--enable-sleep-mode False', ['error stray-word False']],
    [
      'a value for a plain flag',
      '--enable-sleep-mode=true',
      ['error value-unexpected --enable-sleep-mode'],
    ],
    ['a missing value', '--max-model-len', ['error value-missing --max-model-len']],
    ['a length that is none', '--max-model-len 8kb', ['error value-invalid --max-model-len']],
    [
      '1.5K, which has no binary form',
      '--max-model-len 1.5K',
      ['error value-invalid --max-model-len'],
    ],
    [
      'a share above 1',
      '--gpu-memory-utilization 90',
      ['error value-invalid --gpu-memory-utilization'],
    ],
    ['a dtype that is none', '--dtype fp16', ['error value-invalid --dtype']],
    ['a port below 1024', '--port 80', ['error port-low --port']],
    [
      'more than the model knows',
      '--max-model-len 50000',
      ['error context-above-model --max-model-len'],
    ],
    ['heads that cannot be shared out', '-tp 3', ['error heads-not-divisible -tp']],
    [
      'fewer tokens a step than sequences',
      '--max-num-seqs 512 --max-num-batched-tokens 256',
      ['error batched-below-seqs --max-num-batched-tokens'],
    ],
    [
      'prompts in one piece that a step cannot hold',
      '--no-enable-chunked-prefill --max-num-batched-tokens 4096 --max-model-len 8192',
      ['error batched-below-context --no-enable-chunked-prefill'],
    ],
    [
      'AWQ for plain weights',
      '--quantization awq',
      ['error quantization-on-plain-weights --quantization'],
    ],
    ['a method that is none', '-q sym_int4', ['error quantization-unknown -q']],
    ['a method that left the core', '-q bitsandbytes', ['error quantization-plugin -q']],
    [
      'tools without a parser',
      '--enable-auto-tool-choice',
      ['error parser-missing --enable-auto-tool-choice'],
    ],
    [
      'outputs logged without requests',
      '--enable-log-outputs',
      ['error outputs-without-requests --enable-log-outputs'],
    ],
    [
      'metrics without statistics',
      '--disable-log-stats',
      [
        'error metrics-without-stats --enable-per-request-metrics',
        'warning stats-off --disable-log-stats',
      ],
    ],
  ])('%s', (_, words, expected) => {
    expect(extra(words)).toEqual(expected)
  })
})

describe('what costs or endangers', () => {
  it.each<[string, string, string[]]>([
    ['8k, which is 8000', '--max-model-len 8k', ['warning suffix-lowercase --max-model-len']],
    ['8K, which is 8192', '--max-model-len 8K', []],
    ['a length fitted by vLLM', '--max-model-len auto', []],
    ['few sequences', '--max-num-seqs 32', ['warning seqs-low --max-num-seqs']],
    [
      '0.9, below the default',
      '--gpu-memory-utilization 0.9',
      ['note utilization-lowered --gpu-memory-utilization'],
    ],
    [
      '0.97',
      '--gpu_memory_utilization 0.97',
      ['warning utilization-high --gpu_memory_utilization'],
    ],
    ['no graphs', '--enforce-eager', ['warning eager --enforce-eager']],
    [
      'no prefix cache',
      '--no-enable-prefix-caching',
      ['warning prefix-caching-off --no-enable-prefix-caching'],
    ],
    [
      'what is on anyway',
      '--enable-chunked-prefill --dtype auto',
      ['note no-op --enable-chunked-prefill', 'note no-op --dtype'],
    ],
    ['a key that ps shows', '--api-key sk-1', ['warning key-in-command --api-key']],
    ['a key of the environment', '--api-key $VLLM_KEY', []],
    ['code of the repository', '--trust-remote-code', ['warning remote-code --trust-remote-code']],
    ['a flag twice', '--port 8001 --port 8002', ['warning flag-twice --port']],
    ['an abbreviation', '--enable-sleep', ['note flag-abbreviated --enable-sleep']],
    [
      'JSON by parts, given several times',
      '--speculative-config.method ngram --speculative-config.num_speculative_tokens 3',
      [],
    ],
    ['several names', '--served-model-name a b c', []],
    ['-O3 and its like', '-O3 --stream-interval 2', []],
    ['a negated flag', '--no-enable-log-requests', []],
  ])('%s', (_, words, expected) => {
    expect(extra(words)).toEqual(expected)
  })

  it('is listening on every address without a key', () => {
    const flags = '--enable-prompt-tokens-details --enable-per-request-metrics'
    const open = 'warning open-to-network --host'
    expect(codesOf(`vllm serve a/b ${flags}`)).toEqual([open])
    expect(codesOf(`vllm serve a/b ${flags} --host 0.0.0.0`)).toEqual([open])
    expect(codesOf(`VLLM_API_KEY=x vllm serve a/b ${flags} --host 0.0.0.0`)).toEqual([])
    expect(codesOf(`vllm serve a/b ${flags} --host ::1`)).toEqual([])
  })

  it('is the developer mode, and settings that are gone', () => {
    const text = `VLLM_SERVER_DEV_MODE=1 VLLM_USE_V1=1 VLLM_ALLOW_LONG_MAX_MODEL_LEN=1 ${QUIET}`
    expect(codesOf(text)).toEqual([
      'error dev-mode VLLM_SERVER_DEV_MODE',
      'warning env-long-context VLLM_ALLOW_LONG_MAX_MODEL_LEN',
      'warning env-removed VLLM_USE_V1',
    ])
    expect(codesOf(`VLLM_USE_V1=1 ${QUIET}`, '0.9')).not.toContain(
      'warning env-removed VLLM_USE_V1',
    )
  })
})

describe('a container', () => {
  const flags = '--model a/b --enable-prompt-tokens-details --enable-per-request-metrics'

  it.each<[string, string, string[]]>([
    [
      'without a tag, open to the network',
      `docker run --gpus all -p 8000:8000 vllm/vllm-openai ${flags}`,
      ['warning open-to-network --publish', 'warning image-not-pinned vllm/vllm-openai'],
    ],
    [
      'bound to this machine',
      `docker run --gpus all --ipc=host -p 127.0.0.1:8000:8000 vllm/vllm-openai:v0.32.0 ${flags}`,
      [],
    ],
    [
      'with a key, and two cards without shared memory',
      `podman run -d --rm -e VLLM_API_KEY -p8000:8000 vllm/vllm-openai:v0.32.0 ${flags} -tp 2`,
      ['error shared-memory-missing --ipc=host'],
    ],
    [
      'judged by the version of its image',
      `docker run -p 127.0.0.1:1:1 vllm/vllm-openai:v0.24.0 ${flags}`,
      ['error flag-too-new --enable-per-request-metrics'],
    ],
    [
      'with the developer mode',
      `docker run -e VLLM_SERVER_DEV_MODE=1 --network host vllm/vllm-openai:v0.32.0 ${flags} --host 127.0.0.1`,
      ['error dev-mode VLLM_SERVER_DEV_MODE'],
    ],
    [
      'that names its own program',
      `docker run --entrypoint vllm -p 127.0.0.1:1:1 vllm/vllm-openai:v0.32.0 serve a/b --enable-prompt-tokens-details --enable-per-request-metrics --port 80`,
      ['error port-low --port'],
    ],
  ])('%s', (_, text, expected) => {
    expect(codesOf(text)).toEqual(expected)
  })
})

describe('what is no command', () => {
  it.each<[string, string, LintCode]>([
    ['nothing', '', 'not-a-command'],
    ['another program', 'python train.py --epochs 3', 'not-a-command'],
    ['an image without vLLM arguments', 'docker run', 'not-a-command'],
    ['an open quote', `${QUIET} --served-model-name "a`, 'quote-open'],
    ['no model', 'vllm serve --port 8001', 'model-missing'],
  ])('%s', (_, text, code) => {
    expect(lintCommand({ text }).findings[0]?.code).toBe(code)
  })

  it('is no matter of surroundings', () => {
    const around = `cd /srv && sudo CUDA_VISIBLE_DEVICES=0 nohup ${QUIET} > llm.log 2>&1 &`
    expect(codesOf(around)).toEqual([])
    expect(codesOf(`$ ${QUIET.replaceAll(' --', ' \\\n  --')} # serve`)).toEqual([])
    expect(codesOf('--model a/b --swap-space 4').slice(0, 1)).toEqual([
      'error flag-removed --swap-space',
    ])
  })
})
