import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { toRequest } from './chat-client.ts'
import type { Random } from './create-random.ts'
import type { Ledger, LedgerEntry } from './kill-ledger.ts'
import { createRunCopy } from './run-copy.ts'
import type { System } from './start-system.ts'

type Load = { system: System; ledger: Ledger; random: Random; round: number; signal: AbortSignal }

/** Short answers bring many questions and ends, long ones are there to be cut. */
const SHORT = [5, 20, 60]
const LONG = [60, 2000]

/** One person: asks, reads to the end or stops, asks again in the same thread, until the server is gone. */
async function chat(load: Load, lengths: readonly number[]): Promise<void> {
  const { system, ledger, random, round, signal } = load
  const threadId = randomUUID()
  let parentId: string | null = null
  while (!signal.aborted) {
    system.stub.control.patch({
      match: { sessionId: threadId },
      ttftMs: random.between(0, 40),
      tokenDelayMs: random.between(2, 12),
      tokenCount: random.pick(lengths),
    })
    const request = toRequest({ threadId, parentId, text: `question ${randomUUID()}` })
    const entry = ledger.add({ request, round, copy: createRunCopy() })
    const isEnded = await askOnce({ load, entry })
    if (!isEnded) return
    parentId = entry.copy.messageId ?? null
  }
}

async function askOnce(options: { load: Load; entry: LedgerEntry }): Promise<boolean> {
  const { load, entry } = options
  const { system, ledger, random } = load
  const { copy, request } = entry
  const asking = system.client.ask(request, {
    copy,
    onOpen: () => {
      entry.isAcknowledged = true
    },
  })
  if (random.chance(0.3)) {
    await sleep(random.between(20, 600))
    const stopped = await system.client.stop(request.runId).catch(() => undefined)
    const reply = stopped?.body.reply
    if (reply !== undefined) ledger.noteStop({ entry, reply })
  }
  const { end } = await asking
  const { finish, text } = copy
  if (finish !== undefined) entry.ended ??= { status: finish.status, text }
  return end === 'done'
}

/** Several people at once; resolves when the server no longer answers any of them. */
export async function loadServer(load: Load & { people: number }): Promise<void> {
  await Promise.all(
    Array.from({ length: load.people }, (_, index) => chat(load, index === 0 ? SHORT : LONG)),
  )
}
