import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { toRequest } from '../harness/chat-client.ts'
import { readPid } from '../harness/inspect-server.ts'
import { checkIntegrity, readMessages } from '../harness/read-database.ts'
import { createRunCopy } from '../harness/run-copy.ts'
import { type System, startSystem, until } from '../harness/start-system.ts'
import { startApp } from '../start-app.ts'
import { see } from './hold-system.ts'
import { openSmallDisk } from './open-small-disk.ts'

const PRELOAD = fileURLToPath(new URL('../harness/preload', import.meta.url))

/** An answer under way, with at least so many tokens sent. */
async function startAnswer(system: System, { tokens = 60, tokenCount = 3000 } = {}) {
  system.stub.control.patch({ tokenDelayMs: 10, tokenCount })
  const request = toRequest()
  const copy = createRunCopy()
  const asking = system.client.ask(request, { copy })
  await until({
    what: `${tokens} tokens`,
    read: () => (system.generation(request.runId)?.tokensSent ?? 0) >= tokens || undefined,
  })
  return { request, copy, asking }
}

it('F38 SIGTERM in the middle of an answer: drained, stored as interrupted, the engine let go, exit 0', async () => {
  const system = await startSystem()
  const { request, copy, asking } = await startAnswer(system)
  const short = toRequest()
  system.stub.control.patch({ match: { sessionId: short.threadId }, tokenCount: 40 })
  const shortAsked = system.client.ask(short)
  await system.stub.control.waitForRequests({ min: 1, sessionId: short.threadId })
  const startedMs = performance.now()
  const exit = system.app.stop('SIGTERM')
  await until({
    what: 'a refusal of what is new',
    read: async () => {
      const late = await system.client.ask(toRequest())
      return late.error?.code === 'server_stopping' || late.status === 0 || undefined
    },
  })
  expect(await exit).toBe(0)
  expect(performance.now() - startedMs).toBeLessThan(15_000)
  await Promise.all([asking, shortAsked])
  expect(copy.finish).toMatchObject({ status: 'interrupted', error: { code: 'server_stopping' } })
  expect(copy.isDone).toBe(true)
  expect((await shortAsked).copy.finish?.status).toBe('complete')
  expect(system.generation(request.runId)?.closedBy).toBe('client')
  const rows = readMessages(system.app)
  const stored = rows.find(({ runId }) => runId === request.runId)
  expect(stored).toMatchObject({ status: 'interrupted', text: copy.text })
  await system.app.restart()
  expect((await see({ system, request })).stored?.text).toBe(copy.text)
  expect(await system.findViolations()).toEqual([])
  await system.dispose()
}, 60_000)

it('F39 kill -9 in the middle of an answer: at most a second of text is gone, the rest is interrupted and can be retried', async () => {
  const system = await startSystem()
  const { request, asking } = await startAnswer(system, { tokens: 250 })
  const record = system.generation(request.runId)
  const sentBefore = record?.textSent ?? ''
  // Of the promised second, half of another is left to a machine that runs other tests meanwhile.
  await sleep(1500)
  await system.app.stop('SIGKILL')
  expect((await asking).end).toBe('lost')
  await system.app.restart()
  const { stored, question } = await see({ system, request })
  expect(question?.text).toBe('Hello')
  expect(stored).toMatchObject({ status: 'interrupted', error: { code: 'server_stopping' } })
  expect(record?.textSent.startsWith(stored?.text ?? '?')).toBe(true)
  expect(stored?.text.startsWith(sentBefore)).toBe(true)
  expect(system.log().some(({ interrupted }) => interrupted === 1)).toBe(true)
  await system.app.untilReady()
  system.stub.control.patch({ tokenCount: 5 })
  const { threadId, message } = request
  const retry = toRequest({ threadId, messageId: message.id, text: message.text })
  expect((await system.client.ask(retry)).copy.finish?.status).toBe('complete')
  expect(await system.findViolations()).toEqual([])
  await system.dispose()
}, 60_000)

it('F41 a full disk: the answer is still shown and never called saved, nothing false is stored, and it goes on when there is room', async () => {
  const disk = openSmallDisk()
  const { dataDir } = disk
  const system = await startSystem({ env: disk.env })
  try {
    const { request, copy, asking } = await startAnswer(system, { tokens: 20, tokenCount: 200 })
    disk.fill()
    const refused = await system.client.ask(toRequest())
    expect([refused.status, refused.error?.code]).toEqual([500, 'storage_failed'])
    await asking
    expect(copy.text).toBe(system.generation(request.runId)?.textSent)
    expect(copy.finish).toMatchObject({ status: 'failed', error: { code: 'storage_failed' } })
    expect(system.log().some(({ code }) => code === 'storage_failed')).toBe(true)
    disk.free()
    const stored = await until({
      what: 'the end to be stored after all',
      read: async () => {
        const reply = readMessages({ dataDir }).find(({ runId }) => runId === request.runId)
        return reply?.status === 'complete' ? reply : undefined
      },
    })
    expect(stored.text).toBe(copy.text)
    const next = await system.client.ask(toRequest())
    expect(next.copy.finish?.status).toBe('complete')
    expect(checkIntegrity(dataDir)).toBe('ok')
  } finally {
    await system.dispose()
    disk.close()
  }
}, 60_000)

it('F43 a second server on the same data: exits 3 and names the first; a lock left by a dead one is taken over', async () => {
  const system = await startSystem()
  const { dataDir } = system.app
  const pid = system.pid()
  const second = startApp({
    engineUrl: `${system.stub.url}/v1`,
    env: { DATA_DIR: dataDir },
  })
  await expect(second).rejects.toThrow(
    new RegExp(`ended with 3[^]*is in use by the process ${pid}: one server a DATA_DIR`),
  )
  expect((await system.client.get('/health')).status).toBe(200)
  await system.app.stop('SIGKILL')
  expect(readPid(dataDir)).toBe(pid)
  await system.app.restart()
  expect(readPid(dataDir)).not.toBe(pid)
  await system.dispose()
}, 60_000)

it.each([3_600_000, -3_600_000])(
  'F45 a clock that jumps by %i ms: order, text and TTFT stay right',
  async (jumpMs) => {
    const folder = mkdtempSync(join(tmpdir(), 'first-token-clock-'))
    const file = join(folder, 'offset')
    const system = await startSystem({
      env: {
        NODE_OPTIONS: `--require ${join(PRELOAD, 'shift-clock.cjs')}`,
        CLOCK_OFFSET_FILE: file,
      },
    })
    system.stub.control.patch({ ttftMs: 400, tokenDelayMs: 10, tokenCount: 60 })
    const first = toRequest({ text: 'before the jump' })
    const asking = system.client.ask(first)
    await system.stub.control.waitForRequests({ min: 1, sessionId: first.threadId })
    writeFileSync(file, String(jumpMs))
    const { copy } = await asking
    const { threadId } = first
    const second = toRequest({ threadId, parentId: copy.messageId ?? null, text: 'after the jump' })
    await system.client.ask(second)
    const { messages } = (await system.client.thread(threadId)).body
    expect(messages.map(({ text, role }) => (role === 'user' ? text : role))).toEqual([
      'before the jump',
      'assistant',
      'after the jump',
      'assistant',
    ])
    const [, before, , after] = messages
    expect((after?.createdAtMs ?? 0) - (before?.createdAtMs ?? 0) - jumpMs).toBeLessThan(60_000)
    for (const reply of [before, after]) {
      expect(reply?.timing?.ttftMs).toBeGreaterThanOrEqual(400)
      expect(reply?.timing?.ttftMs).toBeLessThan(3000)
      expect(reply?.timing?.e2elMs).toBeLessThan(6000)
    }
    expect(copy.text).toBe(system.generation(first.runId)?.textSent)
    expect(await system.findViolations()).toEqual([])
    await system.dispose()
    rmSync(folder, { recursive: true })
  },
  60_000,
)

it('F7 engine killed mid-stream: the partial answer is kept as interrupted, the gate shuts and opens again, a retry is a second answer', async () => {
  const system = await startSystem()
  for (const streams of ['error', 'fin', 'rst'] as const) {
    const { request, copy, asking } = await startAnswer(system)
    const killedMs = performance.now()
    await system.stub.control.act({ action: 'die', streams, closeAfterMs: 200 })
    await asking
    expect(copy.finish?.status).toBe('interrupted')
    expect(['engine_died', 'engine_stream_cut']).toContain(copy.finish?.error?.code)
    const { stored, log } = await see({ system, request })
    expect(stored).toMatchObject({ status: 'interrupted', text: copy.text })
    expect(copy.text).toBe(system.generation(request.runId)?.textSent)
    expect(log.some(({ code }) => code === copy.finish?.error?.code)).toBe(true)
    await until({
      what: 'a shut gate',
      read: async () => (await system.client.readiness()).body.canSend === false || undefined,
    })
    expect(performance.now() - killedMs).toBeLessThan(3000)
    await system.stub.control.act({ action: 'restart' })
    await system.app.untilReady()
    system.stub.control.patch({ tokenCount: 5 })
    const { threadId, message } = request
    const retry = toRequest({ threadId, messageId: message.id, text: message.text })
    expect((await system.client.ask(retry)).copy.finish?.status).toBe('complete')
    const rows = readMessages({ dataDir: system.app.dataDir, threadId })
    expect(rows.filter(({ parentId }) => parentId === message.id)).toHaveLength(2)
  }
  expect(await system.findViolations()).toEqual([])
  await system.dispose()
}, 60_000)
