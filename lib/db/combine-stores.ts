import { AppError } from '@/lib/domain/error'
import type { Store } from './create-store'
import type { ThreadKeeper } from './create-thread-keeper'
import type { TraceStore } from './create-trace-store'
import type { Database } from './schema'

export type Stores = { db: Database; store: Store; keeper: ThreadKeeper; traces: TraceStore }

/** More conversations than this are not held in memory: the one that was used longest ago goes. */
const MAX_TEMPORARY = 200

/**
 * Two stores as one: a thread that begins as temporary lives in the second with all that belongs to
 * it, is not in any list, and is gone with that store.
 */
export function combineStores({ kept, temporary }: { kept: Stores; temporary: Stores }): {
  store: Store
  keeper: ThreadKeeper
  traces: TraceStore
  isTemporary: (threadId: string) => boolean
} {
  const threads = new Set<string>()
  const ofThread = (threadId: string) => (threads.has(threadId) ? temporary : kept)

  const ofMessage = async (messageId: string, column: 'id' | 'run_id' = 'id') => {
    if (threads.size === 0) return kept
    const found = await temporary.db
      .selectFrom('messages')
      .select('id')
      .where(column, '=', messageId)
      .executeTakeFirst()
    return found === undefined ? kept : temporary
  }

  const forget = async (threadId: string) => {
    threads.delete(threadId)
    await temporary.db.deleteFrom('messages').where('thread_id', '=', threadId).execute()
    await temporary.db.deleteFrom('threads').where('id', '=', threadId).execute()
  }

  const begin = async (threadId: string) => {
    threads.delete(threadId)
    threads.add(threadId)
    const [oldest] = threads
    if (threads.size > MAX_TEMPORARY && oldest !== undefined) await forget(oldest)
  }

  return {
    isTemporary: (threadId) => threads.has(threadId),
    store: combineChat({ kept, temporary, ofThread, ofMessage, begin }),
    keeper: combineKeepers({ kept, temporary, ofThread, ofMessage, begin, forget }),
    traces: combineTraces({ kept, temporary, ofMessage }),
  }
}

type Routing = {
  kept: Stores
  temporary: Stores
  ofThread: (threadId: string) => Stores
  ofMessage: (messageId: string, column?: 'id' | 'run_id') => Promise<Stores>
  begin: (threadId: string) => Promise<void>
}

function combineChat({ kept, temporary, ofThread, ofMessage, begin }: Routing): Store {
  const ofRequest = ({ threadId, isTemporary }: { threadId: string; isTemporary?: true }) =>
    isTemporary === true ? temporary : ofThread(threadId)
  return {
    ...kept.store,
    async saveQuestion(options) {
      const { threadId } = options.request
      const { store } = ofRequest(options.request)
      if (store === kept.store) return await store.saveQuestion(options)
      if (ofThread(threadId) === kept && (await kept.keeper.loadSummary(threadId)) !== undefined) {
        throw new AppError('message_conflict')
      }
      await begin(threadId)
      return await store.saveQuestion(options)
    },
    findRun: (request) => ofRequest(request).store.findRun(request),
    loadReply: async (runId) => (await ofMessage(runId, 'run_id')).store.loadReply(runId),
    async checkpointReplies(replies) {
      const owners = await Promise.all(replies.map(({ id }) => ofMessage(id)))
      for (const stores of new Set(owners)) {
        await stores.store.checkpointReplies(replies.filter((_, at) => owners[at] === stores))
      }
    },
    finishReply: (reply) => ofThread(reply.threadId).store.finishReply(reply),
    loadThread: (threadId) => ofThread(threadId).store.loadThread(threadId),
    loadThreadThrough: (options) => ofThread(options.threadId).store.loadThreadThrough(options),
    loadThreadPage: (options) => ofThread(options.threadId).store.loadThreadPage(options),
    saveTrim: (options) => ofThread(options.threadId).store.saveTrim(options),
    saveSampling: (options) => ofThread(options.threadId).store.saveSampling(options),
    savePaint: async (options) => (await ofMessage(options.messageId)).store.savePaint(options),
    async close() {
      await temporary.store.close()
      await kept.store.close()
    },
  }
}

/** A temporary thread is deleted at once: there is no list from which it could be had back. */
function combineKeepers({
  kept,
  temporary,
  ofThread,
  ofMessage,
  begin,
  forget,
}: Routing & { forget: (threadId: string) => Promise<void> }): ThreadKeeper {
  return {
    ...kept.keeper,
    loadSummary: (threadId) => ofThread(threadId).keeper.loadSummary(threadId),
    changeThread: (options) => ofThread(options.threadId).keeper.changeThread(options),
    async markDeleted(threadId) {
      const { keeper } = ofThread(threadId)
      const marked = await keeper.markDeleted(threadId)
      if (keeper === temporary.keeper) await forget(threadId)
      return marked
    },
    editReply: async (options) => (await ofMessage(options.messageId)).keeper.editReply(options),
    async forkThread(options) {
      const { keeper } = ofThread(options.threadId)
      if (keeper === temporary.keeper) await begin(options.id)
      return await keeper.forkThread(options)
    },
  }
}

/** What is asked for as a list is of kept replies alone; what is asked for by a reply, of either. */
function combineTraces({
  kept,
  temporary,
  ofMessage,
}: Pick<Routing, 'kept' | 'temporary' | 'ofMessage'>): TraceStore {
  const ofId = async (messageId: string) => (await ofMessage(messageId)).traces
  return {
    ...kept.traces,
    async saveSystemPrompt(prompt) {
      await temporary.traces.saveSystemPrompt(prompt)
      await kept.traces.saveSystemPrompt(prompt)
    },
    saveRecord: async (record) => (await ofId(record.messageId)).saveRecord(record),
    savePrefix: async (options) => (await ofId(options.messageId)).savePrefix(options),
    loadBranch: async (messageId) => (await ofId(messageId)).loadBranch(messageId),
    loadTrace: async (messageId) => (await ofId(messageId)).loadTrace(messageId),
    loadRequestBefore: async (reply) => (await ofId(reply.id)).loadRequestBefore(reply),
    async appendCalls(calls) {
      const owners = await Promise.all(
        calls.map(({ messageId }) => (messageId === undefined ? kept.traces : ofId(messageId))),
      )
      for (const traces of new Set(owners)) {
        await traces.appendCalls(calls.filter((_, at) => owners[at] === traces))
      }
    },
    async pruneCalls() {
      await temporary.traces.pruneCalls()
      return await kept.traces.pruneCalls()
    },
    async listCalls(options) {
      const both = await Promise.all(
        [kept, temporary].map(({ traces }) => traces.listCalls(options)),
      )
      return both
        .flat()
        .sort((one, other) => other.startedAtMs - one.startedAtMs)
        .slice(0, options.limit)
    },
  }
}
