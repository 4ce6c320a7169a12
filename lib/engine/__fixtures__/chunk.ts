/** One event of a stream as vLLM writes it. */
export function chunk(fields: {
  delta?: object
  finish?: string | null
  usage?: object
  rest?: object
}): string {
  const { delta = {}, finish = null, usage, rest } = fields
  return event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1795453373,
    model: 'm',
    choices: usage === undefined ? [{ index: 0, delta, logprobs: null, finish_reason: finish }] : [],
    ...(usage === undefined ? {} : { usage }),
    ...rest,
  })
}

export function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

export const ROLE = chunk({ delta: { role: 'assistant', content: '' } })
export const STOP = chunk({ finish: 'stop' })
export const USAGE = chunk({ usage: { prompt_tokens: 7, total_tokens: 9, completion_tokens: 2 } })
export const DONE = 'data: [DONE]\n\n'

export function text(content: string): string {
  return chunk({ delta: { content } })
}
