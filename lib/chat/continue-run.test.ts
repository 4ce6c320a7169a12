import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '@/lib/domain/error'
import type { ChatRequest } from '@/lib/domain/stream-chunk'
import {
  ask,
  type ChatSetup,
  closeChat,
  collect,
  finishOf,
  setUpChat,
  textOf,
} from './__fixtures__/chat-setup'
import { finish, reasoning, sent, text } from './__fixtures__/scripted-engine'

let chat: ChatSetup

beforeEach(async () => {
  chat = await setUpChat()
})
afterEach(() => closeChat(chat))

const stored = async (runId: string) => await chat.store.loadReply(runId)

const goOn = (more: Partial<ChatRequest> = {}): ChatRequest =>
  ask(1, { runId: 'run-b', continues: 'reply-1', ...more })

/** An answer to the first question that the engine cut after "Half an". */
async function cutAnswer() {
  await chat.runs.start(ask(1))
  const play = await chat.scripted.nextPlay()
  play.push(sent(1000), text('Half ', 1010), text('an', 1020))
  play.fail(new AppError('engine_stream_cut'))
  return await collect(chat.runs)
}

describe('a run that goes on from a cut reply', () => {
  beforeEach(async () => {
    expect(finishOf(await cutAnswer())?.status).toBe('interrupted')
  })

  it('asks the engine to continue the last message, and is stored as the whole text beside the first', async () => {
    await chat.runs.start(goOn())
    const play = await chat.scripted.nextPlay()
    expect(play.request).toMatchObject({
      isContinuation: true,
      messages: [
        { role: 'system', content: 'SYSTEM' },
        { role: 'user', content: 'text 1' },
        { role: 'assistant', content: 'Half an' },
      ],
    })
    play.push(sent(1000), text(' answer', 1100), text('.', 1200), finish())
    play.end()
    const items = await collect(chat.runs, { runId: 'run-b' })
    expect(textOf(items)).toBe('Half an answer.')
    expect(items.at(-1)?.id).toBe('Half an answer.'.length)
    expect(await stored('run-b')).toMatchObject({
      text: 'Half an answer.',
      status: 'complete',
      continuesId: 'reply-1',
    })
    expect(await stored('run-1')).toMatchObject({ text: 'Half an', status: 'interrupted' })
  })

  it('times the new part only', async () => {
    await chat.runs.start(goOn())
    const play = await chat.scripted.nextPlay()
    play.push(
      sent(1001),
      text(' answer', 1100),
      text('.', 1300),
      finish({ usage: { promptTokens: 30, completionTokens: 3 } }),
    )
    play.end()
    const end = finishOf(await collect(chat.runs, { runId: 'run-b' }))
    expect(end?.timing).toMatchObject({
      ttftMs: 100,
      interTokenMs: { max: 200 },
      tokensPerSecond: 10,
      completionTokens: 3,
    })
  })

  it('gives a reader that has the first part the new one only', async () => {
    await chat.runs.start(goOn())
    const play = await chat.scripted.nextPlay()
    play.push(text(' answer'), finish())
    play.end()
    expect(textOf(await collect(chat.runs, { runId: 'run-b', after: 7 }))).toBe(' answer')
  })

  it('says what it waits for until its own first token, and is live with the whole text', async () => {
    await chat.runs.start(goOn())
    const play = await chat.scripted.nextPlay()
    const reading = collect(chat.runs, { runId: 'run-b' })
    play.push(sent(1001))
    await chat.tick()
    chat.clock.nowMs = 2000
    chat.scripted.state.metrics = { runningRequests: 8, waitingRequests: 2 }
    await chat.tick()
    expect(chat.runs.snapshot('thread')).toMatchObject({ text: 'Half an', position: 7 })
    play.push(text(' answer'), finish())
    play.end()
    const stages = (await reading).flatMap(({ chunk }) =>
      chunk.type === 'data-progress' ? [chunk.data.stage] : [],
    )
    expect(stages).toContain('queued')
    expect(stages.at(-1)).toBe('generating')
  })

  it('keeps the first part when nothing more comes, and can be gone on from again', async () => {
    await chat.runs.start(goOn())
    ;(await chat.scripted.nextPlay()).fail(new AppError('engine_unreachable'))
    const items = await collect(chat.runs, { runId: 'run-b' })
    expect(finishOf(items)).toMatchObject({
      status: 'interrupted',
      error: { code: 'engine_unreachable' },
    })
    expect(await stored('run-b')).toMatchObject({ text: 'Half an' })
    await chat.runs.start(goOn({ runId: 'run-c', continues: 'reply-2' }))
    const play = await chat.scripted.nextPlay()
    play.push(text(' answer'), finish())
    play.end()
    await collect(chat.runs, { runId: 'run-c' })
    expect(await stored('run-c')).toMatchObject({ text: 'Half an answer', status: 'complete' })
  })

  it('was complete already where the engine has nothing to add', async () => {
    await chat.runs.start(goOn())
    const play = await chat.scripted.nextPlay()
    play.push(finish())
    play.end()
    const items = await collect(chat.runs, { runId: 'run-b' })
    expect(finishOf(items)).toMatchObject({ status: 'complete' })
    expect(textOf(items)).toBe('Half an')
  })

  it('builds the next prompt on its whole text, byte for byte', async () => {
    await chat.runs.start(goOn())
    const play = await chat.scripted.nextPlay()
    play.push(text(' answer.\n'), finish())
    play.end()
    await collect(chat.runs, { runId: 'run-b' })
    await chat.runs.start(ask(2, { parentId: 'reply-2' }))
    const { request } = await chat.scripted.nextPlay()
    expect(request.messages.map(({ content }) => content)).toEqual([
      'SYSTEM',
      'text 1',
      'Half an answer.\n',
      'text 2',
    ])
    expect(request).not.toHaveProperty('isContinuation')
    await chat.runs.stop('run-2')
  })

  it('is joined when it is asked for again, and refused without the reply to go on from', async () => {
    const [, again] = await Promise.all([chat.runs.start(goOn()), chat.runs.start(goOn())])
    expect(again.isJoined).toBe(true)
    await expect(chat.runs.start(ask(1, { runId: 'run-b' }))).rejects.toMatchObject({
      code: 'message_conflict',
    })
    await chat.runs.stop('run-b')
    expect(chat.scripted.plays).toHaveLength(2)
  })
})

it('refuses to go on from a reply that is complete', async () => {
  await chat.runs.start(ask(1))
  const play = await chat.scripted.nextPlay()
  play.push(text('whole'), finish())
  play.end()
  await collect(chat.runs)
  await expect(chat.runs.start(goOn())).rejects.toMatchObject({ code: 'reply_not_continuable' })
  expect(chat.scripted.plays).toHaveLength(1)
})

it('ends the engine at the greatest length of a reply, which is then complete by length', async () => {
  await chat.store.close()
  chat = await setUpChat({ maxReplyLength: 12 })
  await chat.runs.start(ask(1))
  const play = await chat.scripted.nextPlay()
  for (let n = 0; n < 9; n += 1) play.push(reasoning('ab'), text('cd'))
  await play.closed
  const items = await collect(chat.runs)
  expect(finishOf(items)).toMatchObject({ status: 'complete', finishReason: 'length' })
  expect(finishOf(items)).not.toHaveProperty('error')
  expect(await stored('run-1')).toMatchObject({ text: 'cdcdcd', reasoning: 'ababab' })
  expect(chat.monitor.reported).toEqual([])
})

describe('a reply in which reasoning and text took turns', () => {
  const pieces = [
    reasoning('why '),
    text('one '),
    reasoning('then '),
    text('two'),
    text('.'),
  ] as const

  it.each([
    ['as long as it is remembered', false],
    ['when it comes from the store', true],
  ])('goes on from every position in the order in which it was written, %s', async (_, isGone) => {
    await chat.runs.start(ask(1))
    const play = await chat.scripted.nextPlay()
    play.push(...pieces, finish())
    play.end()
    const whole = deltasOf(await collect(chat.runs))
    if (isGone) {
      chat.clock.nowMs += 60_000
      await chat.tick()
    }
    expect(whole).toEqual(['r:why ', 't:one ', 'r:then ', 't:two.'])
    const letters = whole.flatMap((part) => [...part.slice(2)].map((letter) => part[0] + letter))
    for (let after = 0; after <= letters.length; after += 1) {
      const rest = deltasOf(await collect(chat.runs, { after }))
      const seen = rest.flatMap((part) => [...part.slice(2)].map((letter) => part[0] + letter))
      expect(seen).toEqual(letters.slice(after))
    }
  })

  it('keeps that order through a crash, and in what goes on from it', async () => {
    await chat.runs.start(ask(1))
    const play = await chat.scripted.nextPlay()
    play.push(...pieces)
    const reading = collect(chat.runs)
    await chat.tick()
    await chat.tick()
    expect(await stored('run-1')).toMatchObject({ partLengths: [4, 4, 5, 4] })
    play.fail(new AppError('engine_died'))
    await reading
    await chat.runs.start(goOn())
    const next = await chat.scripted.nextPlay()
    next.push(reasoning('so'), text(' three'), finish())
    next.end()
    const items = await collect(chat.runs, { runId: 'run-b' })
    expect(deltasOf(items)).toEqual(['r:why ', 't:one ', 'r:then ', 't:two.', 'r:so', 't: three'])
    expect(await stored('run-b')).toMatchObject({
      text: 'one two. three',
      reasoning: 'why then so',
      partLengths: [4, 4, 5, 4, 2, 6],
    })
  })
})

function deltasOf(items: Awaited<ReturnType<typeof collect>>): string[] {
  const parts: string[] = []
  let kind = ''
  for (const { chunk } of items) {
    if (chunk.type !== 'text-delta' && chunk.type !== 'reasoning-delta') continue
    const next = chunk.type === 'text-delta' ? 't' : 'r'
    if (next === kind) parts.push(`${parts.pop()}${chunk.delta}`)
    else parts.push(`${next}:${chunk.delta}`)
    kind = next
  }
  return parts
}
