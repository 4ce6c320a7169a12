import { toRequest } from './chat-client.ts'
import type { LedgerEntry } from './kill-ledger.ts'
import { readMessages, type StoredMessage } from './read-database.ts'
import { createRunCopy } from './run-copy.ts'
import type { System } from './start-system.ts'

export type KillCounts = {
  acknowledged: number
  lost: number
  doubled: number
  /** Runs that the kill cut, each stored as interrupted. */
  interrupted: number
  /** Of each cut run: how long before the kill its last stored character was sent. */
  lostTextMs: number[]
  retries: number
  problems: string[]
}

type Check = {
  system: System
  entry: LedgerEntry
  rows: readonly StoredMessage[]
  killedAtMs: number
  counts: KillCounts
}

/** Text that the engine had sent and that is not stored: the age of its first character at the kill. */
function toLostTextMs(options: { entry: LedgerEntry; stored: string; killedAtMs: number }): number {
  const { entry, stored, killedAtMs } = options
  const samples = entry.sent.filter(({ atMs }) => atMs <= killedAtMs)
  const firstLost = samples.findIndex(({ length }) => length > stored.length)
  if (firstLost === -1) return 0
  // It was sent after the sample before; the earlier of the two is never too kind.
  const before = samples[firstLost - 1] ?? samples[firstLost]
  return killedAtMs - (before?.atMs ?? killedAtMs)
}

function checkReply(check: Check & { reply: StoredMessage }): void {
  const { system, entry, reply, killedAtMs, counts } = check
  const { runId } = entry.request
  const fail = (problem: string) => counts.problems.push(`run ${runId}: ${problem}`)
  const sent = system.generation(runId)?.textSent ?? ''
  if (!sent.startsWith(reply.text)) fail('the stored text is not what the engine sent')
  if (!reply.text.startsWith(entry.ended === undefined ? '' : entry.ended.text)) {
    fail('the stored text is shorter than the one that was told as saved')
  }
  if (entry.ended !== undefined) {
    if (reply.status !== entry.ended.status) {
      fail(`told as ${entry.ended.status}, stored as ${reply.status}`)
      counts.lost += 1
    }
    return
  }
  if (reply.status === 'interrupted') {
    counts.interrupted += 1
    counts.lostTextMs.push(toLostTextMs({ entry, stored: reply.text, killedAtMs }))
  } else if (reply.status === 'complete') {
    if (reply.text !== sent) fail('stored as complete with a part of the text')
  } else if (reply.status !== 'stopped') fail(`cut, and stored as ${reply.status}`)
}

/** One question against what the restarted server has of it. */
export function checkEntry(check: Check): void {
  const { entry, rows, counts } = check
  const { message, runId } = entry.request
  const questions = rows.filter(({ role, text }) => role === 'user' && text === message.text)
  const replies = rows.filter((row) => row.runId === runId)
  if (entry.isAcknowledged) {
    counts.acknowledged += 1
    if (questions.length === 0 || replies.length === 0) {
      counts.lost += 1
      counts.problems.push(`run ${runId}: the acknowledged question is gone`)
    }
  }
  if (questions.length > 1 || replies.length > 1) counts.doubled += 1
  if (questions.length !== replies.length) {
    counts.problems.push(`run ${runId}: half a question was stored`)
  }
  const [reply] = replies
  if (reply !== undefined) checkReply({ ...check, reply })
}

/**
 * The page comes back: it sends the very same question again, then asks for a second answer to it.
 * The first must join what there is and not be asked of the engine twice.
 */
export async function comeBack(options: {
  system: System
  entry: LedgerEntry
  counts: KillCounts
}): Promise<void> {
  const { system, entry, counts } = options
  const { request } = entry
  const { threadId, message, parentId, runId } = request
  const fail = (problem: string) => counts.problems.push(`run ${runId}: ${problem}`)
  system.stub.control.patch({ match: { sessionId: threadId }, tokenCount: 4, tokenDelayMs: 1 })
  const again = await system.client.ask(request)
  if (again.end !== 'done') fail(`sent again, it was answered with ${again.status} ${again.end}`)
  const retry = toRequest({ threadId, parentId, messageId: message.id, text: message.text })
  const second = await system.client.ask(retry, { copy: createRunCopy() })
  if (second.copy.finish?.status !== 'complete') fail('its retry gave no second answer')
  counts.retries += 1
  const rows = readMessages({ dataDir: system.app.dataDir, threadId })
  const questions = rows.filter(({ id, text }) => id === message.id || text === message.text)
  const answers = rows.filter((row) => row.parentId === message.id)
  if (questions.length !== 1) counts.doubled += 1
  if (answers.length !== 2) fail(`${answers.length} answers where there should be two`)
  const calls = system.stub.control
    .requests({ sessionId: threadId })
    .filter(({ requestId }) => requestId === runId)
  if (calls.length > 1) counts.doubled += 1
}
