/** What the events of one stream say, whoever wrote it. */
export type StreamReader = {
  /** Takes the bytes of one read; `atMs` is when they came. */
  push: (bytes: Buffer, atMs: number) => void
  text: () => string
  /** Of each stamped token: ms from its writing to its arrival. */
  delaysMs: () => readonly number[]
  firstTokenAtMs: () => number | undefined
  lastTokenAtMs: () => number | undefined
  /** Characters of the app's last event: where to go on. */
  position: () => number
  /** The status the app gave the reply; the engine gives none. */
  status: () => string | undefined
  /** The stream said `[DONE]`. */
  isDone: () => boolean
}

export type Protocol = 'engine' | 'app'

type Chunk = {
  type?: string
  delta?: string
  messageMetadata?: { status?: string }
  choices?: { delta?: { content?: string } }[]
}

/** Reads server-sent events; with stamped tokens (`stampTokens` of the stub) it knows each one's delay. */
export function createStreamReader(protocol: Protocol): StreamReader {
  const decoder = new TextDecoder()
  const texts: string[] = []
  const delaysMs: number[] = []
  let rest = ''
  let stamp = ''
  let firstAtMs: number | undefined
  let lastAtMs: number | undefined
  let position = 0
  let status: string | undefined
  let isDone = false

  function takeText(text: string, atMs: number) {
    if (text === '') return
    firstAtMs ??= atMs
    lastAtMs = atMs
    texts.push(text)
    const stamps = `${stamp}${text}`.split(' ')
    stamp = stamps.pop() ?? ''
    for (const sentAtUs of stamps) delaysMs.push(atMs - Number(sentAtUs) / 1000)
  }
  function takeEvent(event: string, atMs: number) {
    const start = event.indexOf('data: ')
    if (start === -1) return
    const data = event.slice(start + 'data: '.length)
    if (data === '[DONE]') {
      isDone = true
      return
    }
    const chunk: Chunk = JSON.parse(data)
    if (protocol === 'engine') {
      takeText(chunk.choices?.[0]?.delta?.content ?? '', atMs)
      return
    }
    if (event.startsWith('id: ')) position = Number.parseInt(event.slice('id: '.length), 10)
    if (chunk.type === 'text-delta') takeText(chunk.delta ?? '', atMs)
    if (chunk.type === 'finish') status = chunk.messageMetadata?.status
  }

  return {
    push(bytes, atMs) {
      rest += decoder.decode(bytes, { stream: true })
      let from = 0
      for (;;) {
        const end = rest.indexOf('\n\n', from)
        if (end === -1) break
        takeEvent(rest.slice(from, end), atMs)
        from = end + 2
      }
      rest = rest.slice(from)
    },
    text: () => texts.join(''),
    delaysMs: () => delaysMs,
    firstTokenAtMs: () => firstAtMs,
    lastTokenAtMs: () => lastAtMs,
    position: () => position,
    status: () => status,
    isDone: () => isDone,
  }
}
