import { describe, expect, it } from 'vitest'
import { parseChatRequest, parseTemplateRequest } from './parse-chat-request.ts'
import type { SamplingDefaults } from './weights.ts'
import { WireFault } from './wire-fault.ts'

const MESSAGES = [{ role: 'user', content: 'Hi' }]

function parse(fields: Record<string, unknown>, defaults: Partial<SamplingDefaults> = {}) {
  return parseChatRequest({
    body: { messages: MESSAGES, ...fields },
    modelId: 'tiny',
    maxModelLen: 4096,
    defaults: { temperature: 0.2, topP: 0.9, ...defaults },
  })
}

function faultOf(fields: Record<string, unknown>) {
  try {
    parse(fields)
  } catch (error) {
    if (error instanceof WireFault) return { status: error.status, ...error.body.error }
    throw error
  }
  return undefined
}

describe('values', () => {
  it('takes the model’s own sampling where the request leaves it out', () => {
    expect(parse({}).sampling).toEqual({
      temperature: 0.2,
      topP: 0.9,
      topK: 0,
      minP: 0,
      presencePenalty: 0,
      frequencyPenalty: 0,
      repetitionPenalty: 1,
    })
  })

  it('takes its limits on rambling too, unless the request has its own', () => {
    const defaults = { frequencyPenalty: 0.3, maxTokens: 512 }
    const left = parse({}, defaults)
    expect([left.maxTokens, left.sampling.frequencyPenalty]).toEqual([512, 0.3])
    const told = parse({ max_tokens: 2000, frequency_penalty: 0 }, defaults)
    expect([told.maxTokens, told.sampling.frequencyPenalty]).toEqual([2000, 0])
  })

  it('reads a number in a string, null as absent, and one stop string as a list', () => {
    expect(parse({ temperature: '0.5' }).sampling.temperature).toBe(0.5)
    expect(parse({ max_tokens: null }).maxTokens).toBeUndefined()
    expect(parse({ stop: 'END' }).stops).toEqual(['END'])
    expect(parse({ top_k: -1 }).sampling.topK).toBe(0)
    expect(parse({ max_completion_tokens: 7 }).maxTokens).toBe(7)
  })

  it('joins parts of text by a line break and ignores unknown fields', () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]
    const { template } = parse({ messages: [{ role: 'user', content }], whatever: 1 })
    expect(template.messages).toEqual([{ role: 'user', content: 'a\nb' }])
  })

  it('takes a continuation, and the variables of the template', () => {
    const body = {
      messages: MESSAGES,
      continue_final_message: true,
      add_generation_prompt: false,
      chat_template_kwargs: { enable_thinking: false },
    }
    expect(parseTemplateRequest({ body, modelId: 'tiny' })).toEqual({
      messages: MESSAGES,
      continueFinalMessage: true,
      addGenerationPrompt: false,
      variables: { enable_thinking: false },
    })
  })
})

describe('sentences of vLLM 0.32', () => {
  const cases: [string, Record<string, unknown>, string, string | null][] = [
    [
      'a temperature that is too high',
      { temperature: 9 },
      'temperature must be in [0, 2], got 9.0. (parameter=temperature, value=9.0)',
      'temperature',
    ],
    [
      'a negative temperature',
      { temperature: -1 },
      'temperature must be non-negative, got -1.0. (parameter=temperature, value=-1.0)',
      'temperature',
    ],
    [
      'top_p of 0',
      { top_p: 0 },
      'top_p must be in (0, 1], got 0.0. (parameter=top_p, value=0.0)',
      'top_p',
    ],
    [
      'max_tokens of 0',
      { max_tokens: 0 },
      'max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)',
      'max_tokens',
    ],
    [
      'more tokens than the context',
      { max_tokens: 5000 },
      'max_tokens=5000 cannot be greater than max_model_len=4096. Please request fewer output tokens. (parameter=max_tokens, value=5000)',
      'max_tokens',
    ],
    [
      'stream options without a stream',
      { stream_options: { include_usage: true } },
      'Stream options can only be defined when `stream=True`. (parameter=stream_options)',
      'stream_options',
    ],
    [
      'an empty conversation',
      { messages: [] },
      'Cannot apply chat template to an empty conversation. Provide at least one message.',
      null,
    ],
    [
      'a picture',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
      'tiny is not a multimodal model',
      null,
    ],
    [
      'tools',
      { tools: [{ type: 'function' }] },
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      null,
    ],
  ]
  it.each(cases)('refuses %s', (_name, fields, message, param) => {
    expect(faultOf(fields)).toEqual({
      status: 400,
      message,
      type: 'BadRequestError',
      param,
      code: 400,
    })
  })

  const shapes: [string, Record<string, unknown>, string, string][] = [
    [
      'a word for a number',
      { temperature: 'hot' },
      "1 validation error:\n  {'type': 'float_parsing', 'loc': 'body.temperature', 'msg': 'Input should be a valid number, unable to parse string as a number', 'input': 'hot'}",
      'body.temperature',
    ],
    [
      'a word for a whole number',
      { max_tokens: 'many' },
      "1 validation error:\n  {'type': 'int_parsing', 'loc': 'body.max_tokens', 'msg': 'Input should be a valid integer, unable to parse string as an integer', 'input': 'many'}",
      'body.max_tokens',
    ],
    [
      'messages that are no list',
      { messages: 'hi' },
      "1 validation error:\n  {'type': 'list_type', 'loc': 'body.messages', 'msg': 'Input should be a valid list', 'input': 'hi'}",
      'body.messages',
    ],
  ]
  it.each(shapes)('refuses %s as a validation error', (_name, fields, message, param) => {
    expect(faultOf(fields)).toEqual({ status: 400, message, type: 'Bad Request', param, code: 400 })
  })
})

describe('what it has not', () => {
  it.each([
    ['n', 2],
    ['logprobs', true],
    ['logit_bias', { 1: 5 }],
    ['min_tokens', 3],
    ['response_format', { type: 'json_object' }],
    ['structured_outputs', { json: {} }],
    ['truncate_prompt_tokens', -1],
  ])('says that %s is not supported instead of ignoring it', (name, value) => {
    expect(faultOf({ [name]: value })).toMatchObject({
      status: 400,
      message: `${name} is not supported by the local engine.`,
      param: name,
    })
  })

  it.each([
    ['n', 1],
    ['logprobs', false],
    ['min_tokens', 0],
    ['response_format', { type: 'text' }],
    ['logit_bias', {}],
    ['tools', null],
  ])('takes %s where it asks for nothing', (name, value) => {
    expect(faultOf({ [name]: value })).toBeUndefined()
  })
})
