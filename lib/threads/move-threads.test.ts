import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FiledThread, type ThreadFile, toLastBranch } from '@/lib/domain/thread-file'
import {
  closePlaces,
  exportAll,
  fill,
  openPlace,
  type Place,
  read,
  readFixture,
  say,
} from './__fixtures__/open-place'

let here: Place
beforeEach(async () => {
  here = await openPlace()
})
afterEach(closePlaces)

describe('our own file', () => {
  it('holds all of every thread, and gives all of it back in another place', async () => {
    await fill(here)
    await say(here, { threadId: crypto.randomUUID(), text: '首个令牌' })
    const text = await exportAll(here)
    const there = await openPlace()
    expect(await there.mover.importFile(text)).toEqual({ threadCount: 2, messageCount: 9 })
    expect(there.toldImports()).toBe(1)
    expect(await exportAll(there)).toBe(text)
    const { hits } = await there.keeper.searchThreads({ query: '令牌', limit: 5 })
    expect(hits).not.toEqual([])
  })

  it('gives new ids to what is there already, and changes nothing of that', async () => {
    const threadId = await fill(here)
    const before = await exportAll(here)
    await here.mover.importFile(before)
    const { threads }: ThreadFile = JSON.parse(await exportAll(here))
    expect(threads).toHaveLength(2)
    const ids = threads.flatMap(({ messages }) => messages.map(({ id }) => id))
    expect(new Set(ids).size).toBe(14)
    const own = threads.find(({ id }) => id === threadId)
    expect(own).toEqual(JSON.parse(before).threads[0])
    const copy = threads.find(({ id }) => id !== threadId)
    expect(anonymize(copy)).toEqual(anonymize(own))
  })

  it('takes a reply under way as cut', async () => {
    const threadId = crypto.randomUUID()
    const message = { id: crypto.randomUUID(), text: 'Go' }
    const request = { threadId, parentId: null, runId: crypto.randomUUID(), message }
    await here.store.saveQuestion({ request, replyId: crypto.randomUUID() })
    const file = await here.mover.exportThread({ threadId, format: 'json' })
    expect(file.name).toBe(`first-token-${threadId}.json`)
    const { threads }: ThreadFile = JSON.parse(await read(file.pieces))
    expect(threads[0]?.messages[1]).toMatchObject({ status: 'interrupted' })
  })

  it('has nothing of a deleted thread', async () => {
    const threadId = await fill(here)
    await here.keeper.markDeleted(threadId)
    expect(JSON.parse(await exportAll(here)).threads).toEqual([])
    const gone = here.mover.exportThread({ threadId, format: 'json' })
    await expect(gone).rejects.toMatchObject({ code: 'thread_not_found' })
  })
})

/** Ids by their order. */
function anonymize(thread: FiledThread | undefined): unknown {
  let text = JSON.stringify(thread)
  for (const [index, id] of [
    thread?.id,
    ...(thread?.messages ?? []).map((each) => each.id),
  ].entries()) {
    text = text.replaceAll(String(id), `id-${index}`)
  }
  return JSON.parse(text)
}

describe('files of the shown branches', () => {
  beforeEach(async () => {
    const threadId = crypto.randomUUID()
    const first = await say(here, { threadId, text: 'One' })
    await say(here, { threadId, text: 'Two', parentId: first })
  })

  it('are JSON lines of messages', async () => {
    expect(
      (await exportAll(here, 'openai'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        messages: [
          { role: 'user', content: 'One' },
          { role: 'assistant', content: 'Answer to One' },
          { role: 'user', content: 'Two' },
          { role: 'assistant', content: 'Answer to Two' },
        ],
      },
    ])
  })

  it('are an array of conversations', async () => {
    expect(JSON.parse(await exportAll(here, 'sharegpt'))).toEqual([
      {
        id: expect.any(String),
        conversations: [
          { from: 'human', value: 'One' },
          { from: 'gpt', value: 'Answer to One' },
          { from: 'human', value: 'Two' },
          { from: 'gpt', value: 'Answer to Two' },
        ],
      },
    ])
  })

  it('are Markdown', async () => {
    const text = await exportAll(here, 'markdown')
    expect(text).toMatch(
      /^# One\n\n\d{4}-\S+Z\n\n## User\n\nOne\n\n## Assistant \(m\)\n\nAnswer to One\n\n/,
    )
  })
})

describe('conversations.json of ChatGPT', () => {
  it('comes with its branches, times, models and the branch that was shown', async () => {
    const counts = await here.mover.importFile(readFixture('chatgpt-conversations.json'))
    expect(counts).toEqual({ threadCount: 2, messageCount: 9 })
    const { threads }: ThreadFile = JSON.parse(await exportAll(here))
    expect(threads[0]).toMatchObject({
      title: 'Why is the first token slow?',
      createdAtMs: 1_731_000_000_250,
      updatedAtMs: 1_731_000_900_500,
      isArchived: false,
    })
    expect(threads[1]).toMatchObject({ title: 'Picture', isArchived: true })
    const messages = threads[0]?.messages ?? []
    expect(toLastBranch(messages).map(({ role, text }) => [role, text])).toEqual([
      ['user', 'Why is the first token slow?'],
      ['assistant', 'Prefill, and the queue.\n\n```sh\nvllm serve\n```'],
      ['user', 'And with tools?'],
      ['assistant', "search('x')\n\nIt looked it up."],
    ])
    expect(messages.map(({ text }) => text)).toContain('首个令牌？ \u202eabc')
    expect(messages.find(({ text }) => text === 'The queue.')).toMatchObject({
      model: 'gpt-4o',
      createdAtMs: 1_731_000_003_000,
    })
    expect(toLastBranch(threads[1]?.messages ?? []).map(({ text }) => text)).toEqual([
      'What is this?',
      'A cat.',
    ])
  })
})

describe.each(['chatgpt-conversations.json', 'open-webui-chats.json'])('%s', (name) => {
  it('goes out again and comes back equal', async () => {
    await here.mover.importFile(readFixture(name))
    const text = await exportAll(here)
    const there = await openPlace()
    await there.mover.importFile(text)
    expect(await exportAll(there)).toBe(text)
    const openai = await exportAll(here, 'openai')
    expect(await exportAll(there, 'openai')).toBe(openai)
  })
})

describe('the export of Open WebUI', () => {
  it('comes with its branches, times, models and the branch that was shown', async () => {
    await here.mover.importFile(readFixture('open-webui-chats.json'))
    const { threads }: ThreadFile = JSON.parse(await exportAll(here))
    expect(threads[0]).toMatchObject({
      title: 'Prefix cache',
      createdAtMs: 1_740_000_000_000,
      updatedAtMs: 1_740_000_300_000,
      isPinned: true,
    })
    const messages = threads[0]?.messages ?? []
    expect(messages.map(({ text }) => text)).toEqual([
      'What is a prefix cache?',
      'A cache.',
      'It keeps keys and values.',
      'Since when?',
      '0.2.',
    ])
    expect(messages[2]).toMatchObject({
      model: 'Qwen/Qwen3-4B-Instruct-2507',
      createdAtMs: 1_740_000_001_000,
    })
  })
})
