import type { ChatRequest, Message } from './chat-client.ts'
import type { RunCopy } from './run-copy.ts'
import type { System } from './start-system.ts'

/** What was promised for one question, as far as the promise left the server. */
export type LedgerEntry = {
  request: ChatRequest
  round: number
  copy: RunCopy
  /** The server has taken the question. */
  isAcknowledged: boolean
  /** How it ended, by the stream's last word or by the answer to a stop. */
  ended: { status: string; text: string } | undefined
  /** What the engine had sent at which time. */
  sent: { atMs: number; length: number }[]
}

/** Kept by the process that kills and not by the one that is killed. */
export type Ledger = {
  entries: LedgerEntry[]
  add: (options: { request: ChatRequest; round: number; copy: RunCopy }) => LedgerEntry
  noteStop: (options: { entry: LedgerEntry; reply: Message }) => void
  /** Notes how far the engine is with the runs of this round. */
  sample: (options: { system: System; round: number; atMs: number }) => void
}

export function createLedger(): Ledger {
  const entries: LedgerEntry[] = []
  return {
    entries,
    add: ({ request, round, copy }) => {
      const entry: LedgerEntry = {
        request,
        round,
        copy,
        isAcknowledged: false,
        ended: undefined,
        sent: [],
      }
      entries.push(entry)
      return entry
    },
    noteStop: ({ entry, reply }) => {
      entry.ended = { status: reply.status ?? '', text: reply.text }
    },
    sample: ({ system, round, atMs }) => {
      for (const { request, round: ofRound, sent } of entries.slice(-50)) {
        if (ofRound !== round) continue
        const length = system.generation(request.runId)?.textSent.length ?? 0
        if (length !== (sent.at(-1)?.length ?? 0)) sent.push({ atMs, length })
      }
    },
  }
}
