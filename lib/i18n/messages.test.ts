import { describe, expect, it } from 'vitest'
import { toPhaseDetails } from '@/lib/client/to-phase-details'
import { ERROR_CODES, type ErrorDetails } from '@/lib/domain/error'
import { PHASES, type Readiness, START_STAGES } from '@/lib/domain/readiness'
import { findFailure } from '@/lib/engine/log-failures'
import { writeMessage } from './__fixtures__/write-message'
import { LOCALES } from './choose-locale'
import messages from './messages/en.json'
import chineseMessages from './messages/zh-CN.json'

const files = { en: messages, 'zh-CN': chineseMessages }
const namesOf = (tree: object) => Object.keys(tree).sort()

const readiness: Readiness = {
  phase: 'unreachable',
  canSend: false,
  phaseElapsedMs: 31_000,
  details: {},
  engineUrl: 'http://gpu-1:8000/v1',
  servedModels: [],
  log: 'off',
  systemPrompt: { sha256: 'x' },
  isLocal: false,
  isDemo: false,
}
const phaseFacts = toPhaseDetails(readiness)

describe.each(LOCALES)('the words for what the engine does: %s', (locale) => {
  const { phases, stages } = files[locale]

  it('exist for every phase, and for an app that does not answer', () => {
    expect(namesOf(phases)).toEqual([...PHASES, 'app-unreachable', 'offline'].sort())
    for (const words of Object.values(phases)) {
      expect(namesOf(words)).toEqual(['label', 'remedy', 'sentence'])
    }
  })

  it('exist for every stage of a start', () => {
    expect(namesOf(stages)).toEqual([...START_STAGES].sort())
  })

  it.each(Object.entries(phases))(
    'are whole when the server knows nothing of the engine: %s',
    (_phase, { sentence, remedy }) => {
      for (const message of [sentence, remedy]) {
        const written = writeMessage({ message, details: phaseFacts, locale })
        expect(written).not.toMatch(/unknown|[{}<>]| {2}| [.,;:]/)
        expect(written).toMatch(/[.。]$|(vllm serve Qwen\/Qwen3-4B-Instruct-2507|\/wake_up)$/)
      }
    },
  )
})

describe('the words for a model that is not served', () => {
  const en = messages.phases['wrong-model']
  const zh = chineseMessages.phases['wrong-model']
  const suggestedModel = 's'

  it.each<[string, ErrorDetails, string, string, string, string]>([
    [
      'another is served',
      { served: 'a, b', wanted: 'c' },
      'The engine serves a, b. This app is set to c.',
      'Set MODEL to a served name, or start vLLM with --served-model-name c.',
      '引擎提供的模型是 a, b，而本应用设置的是 c。',
      '请将 MODEL 设为引擎提供的模型名，或用 --served-model-name c 启动 vLLM。',
    ],
    [
      'none is served',
      { wanted: 'c' },
      'The engine serves no model. This app is set to c.',
      'Start vLLM with a model: vllm serve c',
      '引擎没有提供任何模型，而本应用设置的是 c。',
      '请启动 vLLM 并加载模型：vllm serve c',
    ],
    [
      'none is served and none is set',
      { suggestedModel },
      'The engine serves no model.',
      'Start vLLM with a model: vllm serve s',
      '引擎没有提供任何模型。',
      '请启动 vLLM 并加载模型：vllm serve s',
    ],
  ])('say what is the matter: %s', (_, details, sentence, remedy, zhSentence, zhRemedy) => {
    expect(writeMessage({ message: en.sentence, details })).toBe(sentence)
    expect(writeMessage({ message: en.remedy, details })).toBe(remedy)
    expect(writeMessage({ message: zh.sentence, details, locale: 'zh-CN' })).toBe(zhSentence)
    expect(writeMessage({ message: zh.remedy, details, locale: 'zh-CN' })).toBe(zhRemedy)
  })
})

describe.each(LOCALES)('the words for errors and fatal lines: %s', (locale) => {
  const { errors, failures } = files[locale]

  it('exist for every code of the error table, and for no other', () => {
    expect(namesOf(errors)).toEqual(namesOf(ERROR_CODES))
    for (const words of Object.values(errors)) expect(namesOf(words)).toEqual(['remedy', 'text'])
    for (const words of Object.values(failures)) {
      expect(namesOf(words)).toEqual(['cure', 'sentence'])
    }
  })

  it.each(Object.entries({ ...errors, ...failures }))(
    'say what happened and what to do, without a single fact: %s',
    (_code, words) => {
      for (const message of Object.values(words)) {
        expect(writeMessage({ message, details: {}, locale })).toMatch(
          locale === 'en' ? /^[A-Zv].*[.]$/ : /^[\p{Script=Han}A-Za-z].*。$/u,
        )
        expect(writeMessage({ message, details: {}, locale })).not.toMatch(
          /unknown|[{}<>]| {2}| [.,;:]/,
        )
      }
    },
  )
})

describe('the words for errors', () => {
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
    expect(writeMessage({ message: messages.errors[code].text, details })).toBe(sentence)
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
      .map((message) => writeMessage({ message, details: failure?.details ?? {} }))
      .join(' ')
    for (const figure of figures) expect(written).toContain(figure)
  })
})
