import { randomUUID } from 'node:crypto'
import { connect } from '@/lib/db/connect.ts'
import { createStore } from '@/lib/db/create-store.ts'
import { buildAnswerText } from './build-answer-text.ts'

const ANSWER_TOKENS = 150

/** A thread of so many messages in the store's own file; the app must not be running. @returns its id */
export async function seedThread(options: {
  databaseFile: string
  messages: number
}): Promise<string> {
  const store = createStore({ db: await connect(options.databaseFile) })
  const threadId = randomUUID()
  let parentId: string | null = null
  for (let turn = 1; turn <= options.messages / 2; turn += 1) {
    const message = { id: randomUUID(), text: `Question ${turn}: what comes next?` }
    const request = { threadId, parentId, runId: randomUUID(), message }
    const saved = await store.saveQuestion({ request, replyId: randomUUID(), model: 'm' })
    if (saved.outcome !== 'started') throw new Error('The thread could not be seeded.')
    parentId = saved.reply.id
    const text = buildAnswerText(ANSWER_TOKENS)
    await store.finishReply({ ...saved.reply, text, status: 'complete', finishReason: 'stop' })
  }
  await store.close()
  return threadId
}
