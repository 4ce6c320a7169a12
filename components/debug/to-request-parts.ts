/** A message as it was sent: the text of its content, whatever else it holds as JSON. */
export type SentMessage = { role: string; text: string }

export type RequestParts = { messages: SentMessage[]; parameters: [name: string, value: string][] }

/** Takes the body of a request apart for reading; nothing in it is left out. */
export function toRequestParts(body: Record<string, unknown>): RequestParts {
  const { messages, ...rest } = body
  return {
    messages: Array.isArray(messages) ? messages.map(toSentMessage) : [],
    parameters: Object.entries(rest).map(([name, value]) => [name, toText(value)]),
  }
}

function toSentMessage(message: unknown): SentMessage {
  if (typeof message !== 'object' || message === null) return { role: '', text: toText(message) }
  const { role, content, ...rest } = message as Record<string, unknown>
  const more = Object.keys(rest).length === 0 ? '' : `\n${toText(rest)}`
  return { role: toText(role ?? ''), text: `${toText(content ?? '')}${more}` }
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
