/** A batch as the server gives it, as far as the tests look. */
export type Batch = {
  id: string
  state: string
  scan?: { rows: number; badRows: number }
  counts?: Record<'complete' | 'interrupted' | 'failed', number>
}

/** One line of the results as JSON lines. */
export type BatchAnswer = { line: number; prompt: string; answer: string; status: string }

export type BatchClient = {
  /** Uploads questions, one a line, and has them looked through. */
  upload: (text: string) => Promise<Batch>
  start: (options: { id: string; concurrency: number }) => Promise<void>
  load: (id: string) => Promise<Batch>
  /** In the order of the input. */
  results: (id: string) => Promise<BatchAnswer[]>
}

const PLAN = { isAdaptive: false, spacingMs: 0, maxAttempts: 4, sampling: { maxTokens: 512 } }

/** Does what the page of the batches does. */
export function createBatchClient(baseUrl: string): BatchClient {
  const send = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${baseUrl}/api/batch${path}`, init)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  }
  const post = (path: string, body: object) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return {
    upload: async (text) => {
      const headers = { 'content-type': 'application/octet-stream' }
      const made = await send('?name=questions.txt', { method: 'POST', headers, body: text })
      const { id } = (await made.json()).batch
      return (await (await post(`/${id}/reading`, { format: 'lines' })).json()).batch
    },
    start: async ({ id, concurrency }) => {
      const plan = { ...PLAN, concurrency }
      await post(`/${id}/actions`, { action: 'start', plan, isSkippingBad: false })
    },
    load: async (id) => (await (await send(`/${id}`)).json()).batch,
    results: async (id) => {
      const text = await (await send(`/${id}/results?format=jsonl`)).text()
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    },
  }
}
