import { describe, expect, it } from 'vitest'
import { createFakeServer, toErrorResponse } from './__fixtures__/fake-server'
import { createExporter } from './export-api'
import { createImporter } from './import-file'
import { createSharesApi } from './shares-api'

const share = { shareId: 'x'.repeat(22), url: '/share/x', createdAtMs: 1 }

describe('files', () => {
  it('are saved under the name that the server gives them', async () => {
    const server = createFakeServer()
    const headers = { 'content-disposition': 'attachment; filename="first-token.jsonl"' }
    server.answerOnce(/export/, () => new Response('{}', { headers }))
    server.answerOnce(/export/, () => new Response('# Title'))
    const exportAs = createExporter({ fetch: server.fetch })
    const all = await exportAs({ threadId: undefined, format: 'openai' })
    expect([all.name, await all.content.text()]).toEqual(['first-token.jsonl', '{}'])
    await exportAs({ threadId: 'a', format: 'markdown' })
    expect(server.calls.map(({ path }) => path)).toEqual([
      '/api/export?format=openai',
      '/api/threads/a/export?format=markdown',
    ])
  })

  it('go to the server as they are, and come back with the place that is wrong', async () => {
    const sent: { type: string | null; text: string }[] = []
    const importFile = createImporter({
      fetch: async (path, init) => {
        const request = new Request(`http://127.0.0.1${path}`, init)
        sent.push({ type: request.headers.get('content-type'), text: await request.text() })
        return sent.length === 1
          ? Response.json({ threadCount: 2, messageCount: 9 }, { status: 201 })
          : toErrorResponse('import_invalid', 400, { details: { place: 'line 3' } })
      },
    })
    expect(await importFile(new Blob(['[{}]']))).toEqual({ threadCount: 2, messageCount: 9 })
    expect(sent).toEqual([{ type: 'application/json', text: '[{}]' }])
    await expect(importFile(new Blob(['[']))).rejects.toMatchObject({
      ...{ code: 'import_invalid', details: { place: 'line 3' } },
    })
  })
})

it('links are made, listed and revoked', async () => {
  const server = createFakeServer()
  const shares = createSharesApi({ fetch: server.fetch })
  server.answerOnce(/shares$/, () => Response.json(share, { status: 201 }))
  server.answerOnce(/shares$/, () => Response.json({ shares: [share] }))
  server.answerOnce(/shares\/x+$/, () => new Response(null, { status: 204 }))
  expect(await shares.createShare({ threadId: 't', throughId: 'm' })).toEqual(share)
  expect(await shares.listShares('t')).toEqual([share])
  await shares.revokeShare({ threadId: 't', shareId: share.shareId })
  expect(server.calls.map(({ method, body }) => [method, body])).toEqual([
    ['POST', { throughId: 'm' }],
    ['GET', undefined],
    ['DELETE', undefined],
  ])
})
