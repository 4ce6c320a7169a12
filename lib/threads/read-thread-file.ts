import type { z } from 'zod'
import { AppError } from '@/lib/domain/error'
import { type FiledThread, THREAD_FILE_FORMAT, type ThreadFile } from '@/lib/domain/thread-file'
import { chatgptConversationSchema, toThreadFromChatgpt } from './read-chatgpt'
import { openWebuiChatSchema, toThreadFromOpenWebui } from './read-open-webui'
import { threadFileSchema } from './thread-file.schema'

/**
 * The threads of a file: our own export, ChatGPT's conversations.json, or Open WebUI's export.
 * @throws {AppError} import_invalid, with the place that is wrong
 */
export function readThreadFile(options: {
  text: string
  createId: () => string
  nowMs: number
}): FiledThread[] {
  const file = parseJson(options.text.replace(/^\ufeff/, ''))
  if (isRecord(file) && file.format === THREAD_FILE_FORMAT) return readOwn(file)
  const items = Array.isArray(file) ? file : [file]
  return items.map((item, index) => {
    const place = Array.isArray(file) ? [index] : []
    if (isRecord(item) && 'mapping' in item) {
      const conversation = check({ schema: chatgptConversationSchema, value: item, place })
      return toThreadFromChatgpt({ ...options, conversation })
    }
    if (isRecord(item) && 'chat' in item) {
      const chat = check({ schema: openWebuiChatSchema, value: item, place })
      return toThreadFromOpenWebui({ ...options, chat })
    }
    throw wrong(toPath(place))
  })
}

function readOwn(file: unknown): FiledThread[] {
  const { threads }: ThreadFile = check({ schema: threadFileSchema, value: file, place: [] })
  threads.forEach(({ messages }, thread) => {
    const roles = new Map<string | null, string>([[null, 'assistant']])
    messages.forEach(({ id, parentId, role }, index) => {
      const isInTurn = roles.get(parentId) === (role === 'user' ? 'assistant' : 'user')
      if (!isInTurn || roles.has(id)) {
        throw wrong(toPath(['threads', thread, 'messages', index, isInTurn ? 'id' : 'parentId']))
      }
      roles.set(id, role)
    })
  })
  return threads
}

function check<Value>(options: {
  schema: z.ZodType<Value>
  value: unknown
  place: PropertyKey[]
}): Value {
  const parsed = options.schema.safeParse(options.value)
  if (parsed.success) return parsed.data
  throw wrong(toPath([...options.place, ...(parsed.error.issues[0]?.path ?? [])]))
}

/** As in a program: threads[3].messages[0].text */
function toPath(place: readonly PropertyKey[]): string {
  const path = place
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
  return path === '' ? '.' : path.replace(/^\.(?=.)/, '')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const at = Number(/position (\d+)/.exec(String(cause))?.[1] ?? text.length)
    const before = text.slice(0, at).split('\n')
    const column = (before.at(-1)?.length ?? 0) + 1
    throw new AppError('import_invalid', {
      details: { place: `${before.length}:${column}`, line: before.length },
      cause,
    })
  }
}

function wrong(place: string): AppError {
  return new AppError('import_invalid', { details: { place } })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
