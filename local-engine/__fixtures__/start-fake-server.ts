import { createEngineCounters } from '../engine-counters.ts'
import { startEngineServer } from '../engine-server.ts'
import { createRequestQueue } from '../request-queue.ts'
import { createFakeModel } from './fake-model.ts'

/** The real server on a free port, over a model that says what it is told. */
export async function startFakeServer(options: Parameters<typeof createFakeModel>[0]) {
  const { loaded, sequence } = createFakeModel(options)
  const errors: unknown[] = []
  const server = await startEngineServer({
    port: 0,
    version: '0.1.0+test',
    onError: (error) => errors.push(error),
  })
  const url = `http://127.0.0.1:${server.port}`
  const queue = createRequestQueue()
  const counters = createEngineCounters()
  return {
    url,
    errors,
    sequence,
    queue,
    counters,
    close: () => server.close(),
    serve: () =>
      server.serve({
        modelId: 'tiny',
        modelPath: '/models/tiny.gguf',
        fingerprint: 'first-token-local-test',
        loaded,
        queue,
        counters,
        defaults: { temperature: 0.2, topP: 0.9 },
        createdSeconds: 1,
      }),
    post: (path: string, body: unknown, init: RequestInit = {}) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      }),
  }
}

/** Each event's data, parsed; `[DONE]` stays a text. */
export async function readEvents(response: Response): Promise<unknown[]> {
  const text = await response.text()
  const datas = text.split('\n\n').filter((event) => event !== '')
  return datas.map((event) => {
    const data = event.replace(/^data: /, '')
    return data === '[DONE]' ? data : JSON.parse(data)
  })
}
