import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FiledThread, ThreadFile } from '@/lib/domain/thread-file'
import {
  closePlaces,
  exportAll,
  fill,
  openPlace,
  type Place,
  readFixture,
} from './__fixtures__/open-place'

let here: Place
beforeEach(async () => {
  here = await openPlace()
})
afterEach(closePlaces)

describe('a file that is wrong', () => {
  const own =
    (change: (file: { threads: { messages: Record<string, unknown>[] }[] }) => void) =>
    async () => {
      await fill(here)
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
      () => readFixture('chatgpt-conversations.json').replace('"role": "assistant"', '"role": 5'),
      '[0].mapping.a1.message.author.role',
    ],
    [
      'is of Open WebUI and broken',
      () => readFixture('open-webui-chats.json').replace('"content": "0.2."', '"content": 0.2'),
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
    await fill(here)
    const file: ThreadFile = JSON.parse(await exportAll(here))
    const [thread] = file.threads
    const there = await openPlace()
    const twin = { ...thread, id: crypto.randomUUID(), title: null } as unknown as FiledThread
    const importing = there.keeper.importThreads([...file.threads, twin])
    await expect(importing).rejects.toMatchObject({ code: 'storage_failed' })
    expect(JSON.parse(await exportAll(there)).threads).toEqual([])
  })
})
