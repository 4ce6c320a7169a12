import { createSendRequest, readJson, toJsonBody } from './send-request'

export type Imported = { threadCount: number; messageCount: number }

/** All of the file or nothing; rejects with the AppError that says which place is wrong. */
export function createImporter(options: { fetch?: typeof globalThis.fetch } = {}) {
  const send = createSendRequest(options)
  return async (file: Blob): Promise<Imported> => {
    // As it is: the server says in which line it is no JSON.
    const body = { ...toJsonBody({}), body: file }
    return readJson<Imported>(await send('/api/import', body))
  }
}
