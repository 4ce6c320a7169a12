import { encode } from './fake-model.ts'
import { startFakeServer } from './start-fake-server.ts'

export const QUESTION = { messages: [{ role: 'user', content: 'Say it.' }] }
export const PROMPT_TOKENS = encode(
  '<|im_start|>user\nSay it.<|im_end|>\n<|im_start|>assistant\n',
).length

type Options = Parameters<typeof startFakeServer>[0]

const open: Awaited<ReturnType<typeof startFakeServer>>[] = []

/** A server whose model is not loaded yet. */
export async function openFakeServer(options: Options) {
  const fake = await startFakeServer(options)
  open.push(fake)
  return fake
}

/** A server whose model is loaded. */
export async function start(options: Partial<Options> = {}) {
  const fake = await openFakeServer({ reply: 'Grüße 👋!', ...options })
  fake.serve()
  return fake
}

export async function closeFakeServers(): Promise<void> {
  await Promise.all(open.splice(0).map((fake) => fake.close()))
}

export function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
