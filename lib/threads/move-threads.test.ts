import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase } from '@/lib/db/__fixtures__/open-test-database'
import { createChangeLog } from '@/lib/db/change-log'
import { createStore, type Store } from '@/lib/db/create-store'
import { createThreadKeeper, type ThreadKeeper } from '@/lib/db/create-thread-keeper'
import type { Reply } from '@/lib/domain/message'
import { type FiledThread, type ThreadFile, toLastBranch } from '@/lib/domain/thread-file'
import { type ForeignNode, toFiledMessages } from './file-tree'
import { createThreadMover, type ExportFormat, type ThreadMover } from './move-threads'

type Place = { store: Store; keeper: ThreadKeeper; mover: ThreadMover; toldImports: () => number }

const open: Store[] = []

async function openPlace(): Promise<Place> {
  const db = await openTestDatabase()
  const store = createStore({ db })
  open.push(store)
  const keeper = createThreadKeeper({ db, changes: createChangeLog() })
  const createId = () => crypto.randomUUID()
  let imports = 0
  const teller = {
    imported: () => {
      imports += 1
    },
  }
  const mover = createThreadMover({ keeper, teller, createId, now: Date.now })
  return { store, keeper, mover, toldImports: () => imports }
}

let here: Place
beforeEach(async () => {
  here = await openPlace()
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '__fixtures__', name), 'utf8')

async function read(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

const exportAll = async ({ mover }: Place, format: ExportFormat = 'json') =>
  await read(mover.exportAll(format).pieces)

async function say(options: {
  text: string
  parentId?: string | null
  threadId: string
  end?: Partial<Reply>
}) {
  const { text, parentId = null, threadId, end = {} } = options
  const request = {
    ...{ threadId, parentId, runId: crypto.randomUUID() },
    message: { id: crypto.randomUUID(), text },
  }
  const replyId = crypto.randomUUID()
  const { reply } = await here.store.saveQuestion({ request, replyId, model: 'm' })
  await here.store.finishReply({ ...reply, text: `Answer to ${text}`, status: 'complete', ...end })
  return replyId
}

/** Everything that a thread can hold. */
async function fill(): Promise<string> {
  const threadId = crypto.randomUUID()
  const first = await say({ threadId, text: 'One \0 \ud800 "quoted"\n', end: { reasoning: 'why' } })
  const timing = { e2elMs: 9, ttftMs: 3, interTokenMs: { p50: 1, p95: 2, max: 3 }, cachedTokens: 0 }
  const second = await say({ threadId, text: 'Two', parentId: first, end: { timing } })
  await here.store.savePaint({ messageId: second, paint: { browserTtftMs: 20 } })
  const error = { code: 'engine_died', details: { model: 'm' } } as const
  await say({ threadId, text: 'Two again', parentId: first, end: { status: 'interrupted', error } })
  await here.keeper.editReply({ messageId: second, id: crypto.randomUUID(), text: 'Edited' })
  await here.store.saveTrim({ threadId, replyId: first, isTrimEnd: true })
  await here.store.saveSampling({ threadId, sampling: { temperature: 0.5, stop: ['x'] } })
  await here.keeper.changeThread({ threadId, change: { isPinned: true, title: 'A title' } })
  return threadId
}

describe('our own file', () => {
  it('holds all of every thread, and gives all of it back in another place', async () => {
    await fill()
    await say({ threadId: crypto.randomUUID(), text: '首个令牌' })
    const text = await exportAll(here)
    const there = await openPlace()
    expect(await there.mover.importFile(text)).toEqual({ threadCount: 2, messageCount: 9 })
    expect(there.toldImports()).toBe(1)
    expect(await exportAll(there)).toBe(text)
    const { hits } = await there.keeper.searchThreads({ query: '令牌', limit: 5 })
    expect(hits).not.toEqual([])
  })

  it('gives new ids to what is there already, and changes nothing of that', async () => {
    const threadId = await fill()
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
    const threadId = await fill()
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
    const first = await say({ threadId, text: 'One' })
    await say({ threadId, text: 'Two', parentId: first })
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
    const counts = await here.mover.importFile(fixture('chatgpt-conversations.json'))
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
    await here.mover.importFile(fixture(name))
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
    await here.mover.importFile(fixture('open-webui-chats.json'))
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

describe('a file that is wrong', () => {
  const own =
    (change: (file: { threads: { messages: Record<string, unknown>[] }[] }) => void) =>
    async () => {
      await fill()
      const file = JSON.parse(await exportAll(here))
      change(file)
      return JSON.stringify(file)
    }

  it.each<[string, () => string | Promise<string>, string]>([
    ['is no JSON', () => '{\n  "a": 1,\n  b\n}', '3:3'],
    ['is empty', () => '', '1:1'],
    ['is something else', () => '{"a": 1}', '.'],
    ['is something else in a list', () => '[{"a": 1}]', '[0]'],
    [
      'lacks a text',
      own((file) => delete file.threads[0]?.messages[2]?.text),
      'threads[0].messages[2].text',
    ],
    [
      'has a foreign field',
      own((file) => Object.assign(file.threads[0] ?? {}, { x: 1 })),
      'threads[0]',
    ],
    [
      'has a message without its parent',
      own((file) => file.threads[0]?.messages.shift()),
      'threads[0].messages[0].parentId',
    ],
    [
      'has a message twice',
      own((file) => file.threads[0]?.messages.push({ ...file.threads[0]?.messages[0] })),
      'threads[0].messages[7].id',
    ],
    [
      'is of a later version',
      async () => (await exportAll(here)).replace('"version":1', '"version":2'),
      'version',
    ],
    [
      'is of ChatGPT and broken',
      () => fixture('chatgpt-conversations.json').replace('"role": "assistant"', '"role": 5'),
      '[0].mapping.a1.message.author.role',
    ],
    [
      'is of Open WebUI and broken',
      () => fixture('open-webui-chats.json').replace('"content": "0.2."', '"content": 0.2'),
      '[0].chat.history.messages.r3.content',
    ],
  ])('and %s is refused with the place, and nothing of it is kept', async (_, build, place) => {
    const text = await build()
    const before = await exportAll(here)
    const importing = here.mover.importFile(text)
    await expect(importing).rejects.toMatchObject({ code: 'import_invalid', details: { place } })
    expect(await exportAll(here)).toBe(before)
    expect(here.toldImports()).toBe(0)
  })

  it('is not kept in part when the store fails in the middle', async () => {
    await fill()
    const file: ThreadFile = JSON.parse(await exportAll(here))
    const [thread] = file.threads
    const there = await openPlace()
    const twin = { ...thread, id: crypto.randomUUID(), title: null } as unknown as FiledThread
    const importing = there.keeper.importThreads([...file.threads, twin])
    await expect(importing).rejects.toMatchObject({ code: 'storage_failed' })
    expect(JSON.parse(await exportAll(there)).threads).toEqual([])
  })
})

describe('a tree of another program', () => {
  const trees = fc
    .array(
      fc.record({
        parent: fc.nat(),
        role: fc.constantFrom('user' as const, 'assistant' as const, undefined),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((nodes) =>
      nodes.map(
        ({ parent, role }, index): ForeignNode => ({
          id: `n${index}`,
          parentId: index === 0 || parent % (index + 2) === 0 ? null : `n${parent % index}`,
          role,
          text: `text ${index}.`,
          createdAtMs: index,
        }),
      ),
    )

  it('becomes one in which questions and answers take turns, with all of its texts, the shown one last', () => {
    fc.assert(
      fc.property(trees, fc.nat(), (nodes, which) => {
        const currentId = nodes[which % nodes.length]?.id
        let ids = 0
        const createId = () => `m${ids++}`
        const messages = toFiledMessages({ nodes, currentId, untitled: 'Untitled', createId })
        const roles = new Map<string | null, string>([[null, 'assistant']])
        for (const { id, parentId, role } of messages) {
          expect(roles.get(parentId)).toBe(role === 'user' ? 'assistant' : 'user')
          roles.set(id, role)
        }
        const all = messages.map(({ text }) => text).join('\n')
        for (const { role, text } of nodes) if (role !== undefined) expect(all).toContain(text)
        const current = nodes.find(({ id }) => id === currentId)
        if (current?.role === undefined) return
        const shown = toLastBranch(messages)
          .map(({ text }) => text)
          .join('\n')
        expect(shown).toContain(current.text)
      }),
      { numRuns: 1000 },
    )
  })
})
