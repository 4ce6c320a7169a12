import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { readEvents } from './start-fake-server.ts'

type Usage = {
  prompt_tokens: number
  completion_tokens: number
  prompt_tokens_details: { cached_tokens: number }
}
type Final = { usage: Usage; metrics: Record<string, number> }
type Chunk = { choices: { delta: { content?: string }; finish_reason: string | null }[] }

/** Installs, fetches and loads for real, and resolves when it is ready. */
export async function startRealEngine(options: { dataDir: string; maxModelLen: number }) {
  const { dataDir, maxModelLen } = options
  mkdirSync(dataDir, { recursive: true })
  const entry = join(import.meta.dirname, '..', 'main.ts')
  const settings = ['--data-dir', dataDir, '--port', '0', '--max-model-len', String(maxModelLen)]
  const child = spawn(process.execPath, [entry, ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let last = ''
  for await (const line of createInterface(child.stdout)) {
    last = line
    if (/stage=(?:ready|failed)/.test(line)) break
  }
  const port = /stage=ready .*\bport=(\d+)/.exec(last)?.[1]
  if (port === undefined) throw new Error(last)
  const url = `http://127.0.0.1:${port}`
  const post = (path: string, body: unknown) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return {
    url,
    async ask(messages: unknown[], more: Record<string, unknown> = {}) {
      const defaults = { stream: true, temperature: 0, max_tokens: 60 }
      const usage = { stream_options: { include_usage: true } }
      const body = { messages, ...defaults, ...usage, ...more }
      const events = (await readEvents(await post('/v1/chat/completions', body))).slice(0, -1)
      const chunks = events.slice(0, -1) as Chunk[]
      const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
      const finish = chunks.at(-1)?.choices[0]?.finish_reason
      return { text, finish, ...(events.at(-1) as Final) }
    },
    async tokenize(messages: unknown[]): Promise<number[]> {
      const answer = (await (await post('/tokenize', { messages })).json()) as { tokens: number[] }
      return answer.tokens
    },
    async close() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
