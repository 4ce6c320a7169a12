import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createChatClient, toRequest } from '../harness/chat-client.ts'
import { readMessages } from '../harness/read-database.ts'
import { createRunCopy } from '../harness/run-copy.ts'
import { until } from '../harness/start-system.ts'
import { startApp } from '../start-app.ts'
import { startStubEngine } from '../stub/start-stub-engine.ts'
import { askAndSee, holdSystem, see } from './hold-system.ts'
import { startOddTransport } from './odd-transport.ts'

const system = holdSystem()

const LONG = { tokenDelayMs: 10, tokenCount: 150 }

it('F12 a page that closes: the answer goes on without it, and is whole for the one who comes back', async () => {
  const { client, stub } = system()
  stub.control.patch(LONG)
  const request = toRequest()
  const copy = createRunCopy()
  const left = await client.ask(request, { copy, cutAfterBytes: 1500 })
  expect(left.end).toBe('cut')
  const [running] = (await client.thread(request.threadId)).body.messages.slice(-1)
  expect(running?.status).toBe('streaming')
  await stub.control.waitForRequests({ min: 1, sessionId: request.threadId, state: 'ended' })
  const back = await client.follow({ runId: request.runId, after: copy.position, copy })
  expect(back.end).toBe('done')
  const { stored, generations } = await see({ system: system(), request })
  expect(copy.text).toBe(generations[0]?.textSent)
  expect(stored).toMatchObject({ status: 'complete', text: copy.text })
  expect(generations).toHaveLength(1)
})

it('F13 a stop: keeps what had come, is told to all, and closes the socket of the engine', async () => {
  const { client, stub } = system()
  stub.control.patch({ ...LONG, tokenCount: 2000 })
  const request = toRequest()
  const asking = client.ask(request)
  await until({
    what: 'some text',
    read: () => (system().generation(request.runId)?.tokensSent ?? 0) > 20 || undefined,
  })
  const stopped = await client.stop(request.runId)
  const { copy } = await asking
  const { stored, generations, log } = await see({ system: system(), request })
  expect(stopped.body.reply).toMatchObject({ status: 'stopped', text: copy.text })
  expect(copy.types.slice(-2)).toEqual(['abort', 'finish'])
  expect(stored).toMatchObject({ status: 'stopped', text: copy.text })
  expect(generations[0]?.textSent.startsWith(copy.text)).toBe(true)
  expect(copy.text).not.toBe('')
  expect(generations[0]).toMatchObject({ closedBy: 'client' })
  await stub.control.waitForRequests({
    min: 1,
    state: 'socket-closed',
    sessionId: request.threadId,
  })
  expect(log.filter(({ level }) => level !== 'info')).toEqual([])
})

it('F14 a stop before the engine has begun: at once, with the question kept and no text', async () => {
  const { client, stub } = system()
  stub.control.patch({ maxNumSeqs: 1, ttftMs: 30_000 })
  const first = toRequest()
  const queued = toRequest()
  const asking = [client.ask(first), client.ask(queued)]
  await stub.control.waitForStatus({ is: { running: 1, waiting: 1 } })
  for (const { runId } of [queued, first]) {
    const { body } = await client.stop(runId)
    expect(body.reply).toMatchObject({ status: 'stopped', text: '' })
  }
  await Promise.all(asking)
  for (const request of [first, queued]) {
    const { question, generations } = await see({ system: system(), request })
    expect(question?.text).toBe('Hello')
    expect(generations[0]).toMatchObject({ closedBy: 'client', tokensSent: 0 })
  }
})

it('F15 a stop from another tab, after a reload: ends the answer in both', async () => {
  const { client, stub } = system()
  stub.control.patch({ ...LONG, tokenCount: 2000 })
  const request = toRequest()
  const first = createRunCopy()
  await client.ask(request, { copy: first, cutAfterBytes: 900 })
  const other = createRunCopy()
  const { runId } = request
  const following = [
    client.follow({ runId, after: first.position, copy: first }),
    client.follow({ runId, after: 0, copy: other }),
  ]
  await until({ what: 'text in the other tab', read: () => other.text.length > 40 || undefined })
  await client.stop(runId)
  await Promise.all(following)
  expect(first.text).toBe(other.text)
  expect([first.finish?.status, other.finish?.status]).toEqual(['stopped', 'stopped'])
  expect((await client.stop(runId)).body.reply?.status).toBe('stopped')
})

it('F31 interim answers, a compressed stream, trailers: the same text as without them', async () => {
  const stub = await startStubEngine()
  const odd = await startOddTransport(stub)
  const app = await startApp({ engineUrl: `${odd.url}/v1` })
  await app.untilReady()
  const before = odd.compressed()
  stub.control.patch({ text: 'größer 你好 👍🏽, with a tail', tokenDelayMs: 3 })
  const { copy } = await createChatClient(app.url).ask(toRequest())
  expect(copy).toMatchObject({
    text: 'größer 你好 👍🏽, with a tail',
    finish: { status: 'complete' },
    problems: [],
  })
  expect(odd.compressed()).toBeGreaterThan(before)
  await app.dispose()
  await odd.close()
  await stub.close()
})

it('F33 Enter pressed twice: one message, one answer, one call of the engine', async () => {
  const { client, stub } = system()
  stub.control.patch(LONG)
  const request = toRequest()
  const copies = (await Promise.all([client.ask(request), client.ask(request)])).map(
    ({ copy }) => copy,
  )
  const { generations } = await see({ system: system(), request })
  expect(copies[0]?.text).toBe(copies[1]?.text)
  expect(generations).toHaveLength(1)
  const rows = readMessages({ dataDir: system().app.dataDir, threadId: request.threadId })
  expect(rows.map(({ role }) => role)).toEqual(['user', 'assistant'])
})

it('F34 an acknowledgement that was lost: the same question again is the same answer', async () => {
  const { client, stub } = system()
  stub.control.patch(LONG)
  const request = toRequest()
  const gone = new AbortController()
  const lost = client.ask(request, { signal: gone.signal })
  await stub.control.waitForRequests({ min: 1, sessionId: request.threadId })
  gone.abort()
  await lost
  const again = await client.ask(request)
  const { generations } = await see({ system: system(), request })
  expect(again.copy.text).toBe(generations[0]?.textSent)
  expect(generations).toHaveLength(1)
  const rows = readMessages({ dataDir: system().app.dataDir, threadId: request.threadId })
  expect(rows).toHaveLength(2)
})

it('F35 two tabs that send in one thread: one is answered, the other told to wait, and nothing of it is kept', async () => {
  const { client, stub } = system()
  stub.control.patch(LONG)
  const first = toRequest({ text: 'from one tab' })
  const { threadId } = first
  const asking = client.ask(first)
  await stub.control.waitForRequests({ min: 1, sessionId: threadId })
  const second = toRequest({ threadId, text: 'from the other' })
  const refused = await client.ask(second)
  expect([refused.status, refused.error?.code]).toEqual([409, 'run_active'])
  const { copy } = await asking
  const third = toRequest({ threadId, parentId: copy.messageId ?? null, text: 'and on' })
  await askAndSee({ system: system(), request: third })
  const rows = readMessages({ dataDir: system().app.dataDir, threadId })
  expect(rows.map(({ role, position }) => [role, position])).toEqual([
    ['user', 1],
    ['assistant', 2],
    ['user', 3],
    ['assistant', 4],
  ])
})

it('F36 two tabs that change one question: nothing is written over, each is a branch, the last one is shown', async () => {
  const { client } = system()
  const first = await askAndSee({ system: system(), request: toRequest({ text: 'as it was' }) })
  const { threadId, message } = first.request
  const same = toRequest({ threadId, messageId: message.id, text: 'changed in place' })
  const refused = await client.ask(same)
  expect([refused.status, refused.error?.code]).toEqual([409, 'message_conflict'])
  for (const text of ['changed in one tab', 'changed in the other']) {
    await askAndSee({ system: system(), request: toRequest({ threadId, text }) })
  }
  const { messages } = (await client.thread(threadId)).body
  expect(messages[0]?.text).toBe('changed in the other')
  const rows = readMessages({ dataDir: system().app.dataDir, threadId })
  const questions = rows.filter(({ role }) => role === 'user').map(({ text }) => text)
  expect(questions).toEqual(['as it was', 'changed in one tab', 'changed in the other'])
})

it('F11 a slow client: loses nothing, and holds nobody up', async () => {
  const { client, stub } = system()
  stub.control.patch({ tokenDelayMs: 2, tokenCount: 400 })
  const request = toRequest()
  const { promise: mayRead, resolve: letRead } = Promise.withResolvers<void>()
  const slow = client.ask(request, { holdUntil: mayRead })
  await stub.control.waitForRequests({ min: 1, sessionId: request.threadId })
  const quick = createRunCopy()
  await client.follow({ runId: request.runId, after: 0, copy: quick })
  await sleep(300)
  letRead()
  const { copy } = await slow
  expect(copy.text).toBe(quick.text)
  expect(copy.text).toBe(system().generation(request.runId)?.textSent)
})
