import { describe, expect, it } from 'vitest'
import { toRequest } from '../harness/chat-client.ts'
import { countHandles } from '../harness/inspect-server.ts'
import { type System, type SystemOptions, startSystem, until } from '../harness/start-system.ts'
import { see } from './hold-system.ts'

/** They wait for the server's own limits, 30 s between tokens and 120 s for the first one: side by side, each on its own. */
async function withSystem(options: SystemOptions, play: (system: System) => Promise<void>) {
  const system = await startSystem(options)
  try {
    await play(system)
    expect(await system.findViolations()).toEqual([])
  } finally {
    await system.dispose()
  }
}

async function expectStall(system: System, scenario: object): Promise<void> {
  const request = toRequest()
  const { client, stub } = system
  stub.control.patch({ match: { sessionId: request.threadId }, tokenCount: 50, ...scenario })
  const startedMs = performance.now()
  const { copy } = await client.ask(request)
  const tookMs = performance.now() - startedMs
  const { stored, generations, log } = await see({ system, request })
  expect(copy.finish).toMatchObject({
    status: 'interrupted',
    error: { code: 'engine_stalled', details: { seconds: 30 } },
  })
  expect(stored).toMatchObject({ status: 'interrupted', text: copy.text })
  expect(copy.text).toBe(generations[0]?.textSent)
  expect(copy.text).not.toBe('')
  expect(generations[0]?.closedBy).toBe('client')
  expect(log.some(({ code }) => code === 'engine_stalled')).toBe(true)
  expect(tookMs).toBeGreaterThan(30_000)
  expect(tookMs).toBeLessThan(45_000)
}

describe.concurrent('an engine that falls silent', () => {
  it(
    'F8 a stall of 30 s: keeps the text as interrupted, says for how long, closes the socket',
    () => withSystem({}, (system) => expectStall(system, { stallAfterTokens: 10 })),
    90_000,
  )

  it(
    'F9 nothing but keep-alive comments: is the same stall, by the clock of the text and not of the bytes',
    () =>
      withSystem({}, (system) =>
        expectStall(system, { stallAfterTokens: 10, keepAliveCommentMs: 500 }),
      ),
    90_000,
  )

  it(
    'F10 a peer that vanished, with the connection left open: is the same stall, and no handle is left',
    () =>
      withSystem({ toxics: {} }, async (system) => {
        const { client, stub, proxy, app } = system
        const first = toRequest()
        await client.ask(first)
        const before = countHandles(system.pid())
        stub.control.patch({ tokenDelayMs: 20, tokenCount: 5000 })
        const request = toRequest()
        const asking = client.ask(request)
        await until({
          what: 'some text',
          read: () => (system.generation(request.runId)?.tokensSent ?? 0) > 20 || undefined,
        })
        proxy?.setToxics({ downstream: { hang: true }, upstream: { hang: true } })
        const { copy } = await asking
        const { stored } = await see({ system, request })
        expect(copy.finish).toMatchObject({ status: 'interrupted' })
        expect(['engine_stalled', 'engine_stream_cut']).toContain(copy.finish?.error?.code)
        expect(stored).toMatchObject({ status: 'interrupted', text: copy.text })
        expect(copy.text).not.toBe('')
        proxy?.setToxics({})
        await app.untilReady()
        await until({
          what: 'the handles of before',
          read: () => countHandles(system.pid()) <= before + 2 || undefined,
          timeoutMs: 20_000,
        })
      }),
    120_000,
  )

  it(
    'F5 an engine that is healthy and wedged: is called stalled and not ready, and the answer ends as failed',
    () =>
      withSystem({}, async (system) => {
        const { client, stub, app } = system
        await stub.control.act({ action: 'wedge' })
        const request = toRequest()
        const startedMs = performance.now()
        const asking = client.ask(request)
        const stalled = await until({
          what: 'the phase stalled',
          timeoutMs: 60_000,
          everyMs: 200,
          read: async () => {
            const { body } = await client.readiness()
            return body.phase === 'stalled' ? body : undefined
          },
        })
        expect(performance.now() - startedMs).toBeLessThan(45_000)
        expect(stalled.canSend).toBe(false)
        const refused = await client.ask(toRequest())
        expect(refused.error).toMatchObject({
          code: 'engine_not_ready',
          details: { phase: 'stalled' },
        })
        const { copy } = await asking
        const { stored, generations } = await see({ system, request })
        expect(copy.finish).toMatchObject({ status: 'failed', error: { code: 'engine_stalled' } })
        expect(stored).toMatchObject({ status: 'failed', text: '' })
        expect(generations[0]?.closedBy).toBe('client')
        await stub.control.act({ action: 'unwedge' })
        await app.untilReady()
        const retry = toRequest({
          threadId: request.threadId,
          messageId: request.message.id,
          text: request.message.text,
        })
        expect((await client.ask(retry)).copy.finish?.status).toBe('complete')
      }),
    200_000,
  )
})
