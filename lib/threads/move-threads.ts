import { AppError } from '@/lib/domain/error'
import type { FiledThread } from '@/lib/domain/thread-file'
import type { ThreadTeller } from './create-thread-teller'
import { readThreadFile } from './read-thread-file'
import type { ThreadKeeperPort } from './thread-ports'
import { writeJson, writeMarkdown, writeOpenai, writeSharegpt } from './write-threads'

export type ExportFormat = 'json' | 'markdown' | 'openai' | 'sharegpt'

export type ExportedFile = { name: string; mediaType: string; pieces: AsyncIterable<string> }

/** Conversations in and out of this server as files. */
export type ThreadMover = {
  /** @throws {AppError} thread_not_found */
  exportThread(options: { threadId: string; format: ExportFormat }): Promise<ExportedFile>
  exportAll(format: ExportFormat): ExportedFile
  /** All of the file or nothing. @throws {AppError} import_invalid, with the place that is wrong */
  importFile(text: string): Promise<{ threadCount: number; messageCount: number }>
}

const FORMATS = {
  json: { write: writeJson, end: 'json', mediaType: 'application/json' },
  markdown: { write: writeMarkdown, end: 'md', mediaType: 'text/markdown; charset=utf-8' },
  openai: { write: writeOpenai, end: 'jsonl', mediaType: 'application/x-ndjson; charset=utf-8' },
  sharegpt: { write: writeSharegpt, end: 'sharegpt.json', mediaType: 'application/json' },
}

export function createThreadMover(options: {
  keeper: Pick<
    ThreadKeeperPort,
    'listThreadIds' | 'loadFiledThread' | 'importThreads' | 'indexWritten'
  >
  teller: Pick<ThreadTeller, 'imported'>
  createId: () => string
  now: () => number
}): ThreadMover {
  const { keeper, teller, createId, now } = options
  const toFile = (name: string, format: ExportFormat, threads: AsyncIterable<FiledThread>) => {
    const { write, end, mediaType } = FORMATS[format]
    return { name: `${name}.${end}`, mediaType, pieces: write(threads) }
  }
  return {
    async exportThread({ threadId, format }) {
      const thread = await keeper.loadFiledThread(threadId)
      if (thread === undefined) throw new AppError('thread_not_found')
      return toFile(`first-token-${threadId}`, format, only(thread))
    },
    exportAll: (format) => toFile('first-token', format, readAll(keeper)),
    async importFile(text) {
      const threads = readThreadFile({ text, createId, nowMs: now() })
      const { messageCount } = await keeper.importThreads(threads)
      teller.imported()
      return { threadCount: threads.length, messageCount }
    },
  }
}

async function* only(thread: FiledThread): AsyncGenerator<FiledThread, void, undefined> {
  yield thread
}

/** One at a time, at the pace of the one who reads. */
async function* readAll(
  keeper: Pick<ThreadKeeperPort, 'listThreadIds' | 'loadFiledThread'>,
): AsyncGenerator<FiledThread, void, undefined> {
  let page = await keeper.listThreadIds()
  while (page.length > 0) {
    for (const { id } of page) {
      const thread = await keeper.loadFiledThread(id)
      if (thread !== undefined) yield thread
    }
    page = await keeper.listThreadIds(page.at(-1))
  }
}
