import {
  type FiledMessage,
  type FiledThread,
  THREAD_FILE_FORMAT,
  THREAD_FILE_VERSION,
  toLastBranch,
} from '@/lib/domain/thread-file'

type Threads = AsyncIterable<FiledThread>

/** Ours: all branches, one thread a line. */
export async function* writeJson(threads: Threads): AsyncGenerator<string, void, undefined> {
  yield `{"format":"${THREAD_FILE_FORMAT}","version":${THREAD_FILE_VERSION},"threads":[`
  yield* separate(threads, (thread) => `\n${JSON.stringify(thread)}`)
  yield '\n]}\n'
}

/** The shown branches, to be read. */
export async function* writeMarkdown(threads: Threads): AsyncGenerator<string, void, undefined> {
  for await (const { title, createdAtMs, messages } of threads) {
    yield `# ${title.replaceAll(/\s+/g, ' ')}\n\n${new Date(createdAtMs).toISOString()}\n\n`
    for (const message of toLastBranch(messages)) yield toSection(message)
  }
}

function toSection(message: FiledMessage): string {
  const { role, text } = message
  if (role === 'user') return `## User\n\n${text}\n\n`
  return `## Assistant${message.model === undefined ? '' : ` (${message.model})`}\n\n${text}\n\n`
}

/** The shown branches as lines of `{"messages":[…]}`, as OpenAI's fine-tuning takes them. */
export async function* writeOpenai(threads: Threads): AsyncGenerator<string, void, undefined> {
  for await (const { messages } of threads) {
    const turns = toLastBranch(messages).map(({ role, text }) => ({ role, content: text }))
    if (turns.length > 0) yield `${JSON.stringify({ messages: turns })}\n`
  }
}

/** The shown branches as one array, as training tools take them. */
export async function* writeSharegpt(threads: Threads): AsyncGenerator<string, void, undefined> {
  yield '['
  yield* separate(threads, ({ id, messages }) => {
    const conversations = toLastBranch(messages).map(({ role, text }) => ({
      from: role === 'user' ? 'human' : 'gpt',
      value: text,
    }))
    return `\n${JSON.stringify({ id, conversations })}`
  })
  yield '\n]\n'
}

async function* separate(
  threads: Threads,
  write: (thread: FiledThread) => string,
): AsyncGenerator<string, void, undefined> {
  let isFirst = true
  for await (const thread of threads) {
    yield `${isFirst ? '' : ','}${write(thread)}`
    isFirst = false
  }
}
