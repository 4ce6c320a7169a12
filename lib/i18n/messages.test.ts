import { createTranslator } from 'next-intl'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES, type ErrorDetails } from '@/lib/domain/error'
import { findFailure } from '@/lib/engine/log-failures'
import messages from './messages/en.json'
import { toMessageValues } from './to-message-values'

function write(message: string, details: ErrorDetails): string {
  const t = createTranslator({ locale: 'en', messages: { message } })
  const values = toMessageValues({ message, details })
  return t.markup('message', { ...values, code: (chunks) => chunks })
}

describe('the words for errors', () => {
  it('exist for every code of the error table, and for no other', () => {
    expect(Object.keys(messages.errors).sort()).toEqual(Object.keys(ERROR_CODES).sort())
  })

  it.each(Object.entries(messages.errors))(
    'say what happened and what to do, without a single fact: %s',
    (_code, { text, remedy }) => {
      for (const message of [text, remedy]) {
        expect(write(message, {})).toMatch(/^[A-Z].*[.]$/)
        expect(write(message, {})).not.toMatch(/unknown|[{}]/)
      }
    },
  )

  it.each<[keyof typeof messages.errors, ErrorDetails, string]>([
    [
      'engine_context_too_long',
      { status: 400, maxTokens: 4096, promptTokens: 4097, promptTokensBound: 'at-least' },
      'The conversation is too long for the engine: at least 4,097 tokens, the limit is 4,096.',
    ],
    [
      'engine_model_not_found',
      { status: 404, wanted: 'a', served: 'b, c' },
      'The engine does not serve a; it serves b, c.',
    ],
    [
      'engine_rejected',
      { status: 400, reason: 'temperature must be in [0, 2]' },
      'The engine rejected the request: temperature must be in [0, 2].',
    ],
    ['engine_stalled', { seconds: 30 }, 'The engine sent nothing for 30 s.'],
    [
      'engine_unreachable',
      { systemCode: 'ECONNREFUSED' },
      'The engine cannot be reached (ECONNREFUSED).',
    ],
  ])('say the figures that came with it: %s', (code, details, sentence) => {
    expect(write(messages.errors[code].text, details)).toBe(sentence)
  })
})

describe('the words for fatal lines of the log', () => {
  it.each<[string, string, string[]]>([
    [
      'gpu-memory-taken',
      'ValueError: Free memory on device cuda:0 (5.32/23.53 GiB) on startup is less than desired GPU memory utilization (0.92, 21.65 GiB). Decrease GPU memory utilization or reduce GPU memory used by other processes.',
      ['5.32 of 23.53 GiB free, 21.65 GiB wanted', '--gpu-memory-utilization 0.22'],
    ],
    [
      'cpu-memory-low',
      'ValueError: Available memory on node 0 (6.1/23.5 GiB) on startup is less than desired CPU memory utilization',
      ['6.1 of 23.5 GiB free', 'VLLM_CPU_KVCACHE_SPACE=3'],
    ],
    [
      'kv-too-small',
      "ValueError: To serve at least one request with the models's max seq len (262144), (36.00 GiB KV cache is needed, which is larger than the available KV cache memory (12.50 GiB). Based on the available memory, the estimated maximum model length is 91008.",
      ['262144 tokens need 36 GiB, 12.5 GiB are there', '--max-model-len 90112'],
    ],
    [
      'max-model-len-too-large',
      'User-specified max_model_len (300000) is greater than the derived max_model_len (max_position_embeddings=262144',
      ['(300000 tokens)', '(262144)'],
    ],
    [
      'quantization-mismatch',
      'ValueError: Quantization method specified in the model config (gptq) does not match the quantization method specified in the `quantization` argument (awq).',
      ['(awq)', '(gptq)'],
    ],
    [
      'too-few-gpus',
      'ValueError: World size (4) is larger than the number of available GPUs (1) in this node.',
      ['(4)', '(1)'],
    ],
    [
      'heads-not-divisible',
      'ValueError: Total number of attention heads (32) must be divisible by tensor parallel size (5).',
      ['(32)', '5 GPUs'],
    ],
  ])('say the figures that stand in the line: %s', (code, line, figures) => {
    const failure = findFailure(line)
    expect(failure?.code).toBe(code)
    const words = Object.entries(messages.failures).find(([name]) => name === code)?.[1]
    const written = [words?.sentence ?? '', words?.cure ?? '']
      .map((message) => write(message, failure?.details ?? {}))
      .join(' ')
    for (const figure of figures) expect(written).toContain(figure)
  })
})
