import { type Body, toPython } from './body-reader.ts'
import type { TemplateMessage } from './chat-template.ts'
import { validationFault, WireFault } from './wire-fault.ts'

/** @throws {WireFault} in vLLM's words where the list is missing, empty or holds what is not text. */
export function parseMessages({
  body,
  modelId,
}: {
  body: Body
  modelId: string
}): TemplateMessage[] {
  const { messages } = body
  if (messages === undefined) {
    throw validationFault({
      type: 'missing',
      loc: 'body.messages',
      msg: 'Field required',
      input: toPython(body),
    })
  }
  if (!Array.isArray(messages)) {
    throw validationFault({
      type: 'list_type',
      loc: 'body.messages',
      msg: 'Input should be a valid list',
      input: toPython(messages),
    })
  }
  if (messages.length === 0) {
    throw new WireFault({
      message: 'Cannot apply chat template to an empty conversation. Provide at least one message.',
    })
  }
  return messages.map((message: unknown, index) => parseMessage({ message, index, modelId }))
}

function parseMessage(options: {
  message: unknown
  index: number
  modelId: string
}): TemplateMessage {
  const { message, index, modelId } = options
  const loc = `body.messages.${index}`
  if (typeof message !== 'object' || message === null) {
    throw validationFault({
      type: 'dict_type',
      loc,
      msg: 'Input should be a valid dictionary',
      input: toPython(message),
    })
  }
  const role = 'role' in message ? message.role : undefined
  if (typeof role !== 'string') {
    throw validationFault({
      type: 'missing',
      loc: `${loc}.role`,
      msg: 'Field required',
      input: toPython(message),
    })
  }
  const content = 'content' in message ? message.content : undefined
  return { role, content: parseContent({ content, loc: `${loc}.content`, modelId }) }
}

/** Parts of text are joined by a line break, as vLLM does for templates that take plain text. */
function parseContent(options: { content: unknown; loc: string; modelId: string }): string {
  const { content, loc, modelId } = options
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) {
    throw validationFault({
      type: 'string_type',
      loc,
      msg: 'Input should be a valid string',
      input: toPython(content),
    })
  }
  const texts = content.map((part: unknown) => {
    if (typeof part === 'string') return part
    if (typeof part === 'object' && part !== null && 'text' in part) {
      if (typeof part.text === 'string') return part.text
    }
    throw new WireFault({ message: `${modelId} is not a multimodal model` })
  })
  return texts.join('\n')
}
