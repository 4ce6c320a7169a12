import { at, type FaultRow } from './fault-row.ts'

const readers = at('e2e/faults/readers.system.test.ts')
const harness = at('e2e/harness/harness.system.test.ts')
const chat = at('e2e/chat.spec.ts')
const registry = at('lib/chat/create-run-registry.test.ts')
const following = at('lib/chat/follow-run.test.ts')
const store = at('lib/db/create-store.test.ts')

export const READER_FAULT_ROWS: readonly FaultRow[] = [
  {
    id: 'F11',
    fault: 'A slow client',
    sees: 'all of it, later',
    stored: 'the whole text',
    logged: 'let go beyond 1,000,000 characters, and joined again; nobody else is slower',
    proofs: [
      readers('F11 a slow client: loses nothing, and holds nobody up'),
      harness('10 readers that do not read an answer hold nobody up, and get all of it in the end'),
      following(
        'lets go of a reader that is too far behind, not of one that has just joined far behind',
      ),
    ],
  },
  {
    id: 'F12',
    fault: 'The page is closed without a stop',
    sees: 'on return the text so far, going on, or the end',
    stored: 'the whole text; interrupted after 10 minutes that nobody watched',
    logged: 'the run goes on',
    proofs: [
      readers(
        'F12 a page that closes: the answer goes on without it, and is whole for the one who comes back',
      ),
      at('lib/chat/tick-runs.test.ts')('goes on, and is stopped as interrupted after ten minutes'),
    ],
  },
  {
    id: 'F13',
    fault: 'Stop',
    sees: '"stopped", the text so far stays',
    stored: 'the text, stopped',
    logged: 'nothing but the end; the socket is closed',
    proofs: [
      readers(
        'F13 a stop: keeps what had come, is told to all, and closes the socket of the engine',
      ),
      harness(
        '100 stops at random moments, also queued and before the first token, leave nothing running',
      ),
      chat('stop closes the upstream socket and keeps what had come'),
    ],
  },
  {
    id: 'F14',
    fault: 'Stop before the headers, or while queued',
    sees: '"stopped" at once',
    stored: 'the question, and an empty reply as stopped',
    logged: 'the socket is closed',
    proofs: [
      readers(
        'F14 a stop before the engine has begun: at once, with the question kept and no text',
      ),
      at('lib/engine/stream-abort.test.ts')(
        'stops 200 streams at random moments and leaves no socket behind',
      ),
      chat('stop works before the first token'),
    ],
  },
  {
    id: 'F15',
    fault: 'Stop from another tab, or after a reload',
    sees: '"stopped" in both',
    stored: 'the text, stopped',
    logged: 'the socket is closed',
    proofs: [readers('F15 a stop from another tab, after a reload: ends the answer in both')],
  },
  {
    id: 'F33',
    fault: 'A double click, Enter twice',
    sees: 'one message',
    stored: 'one question, one reply',
    logged: 'one call; both connections get the same stream',
    proofs: [readers('F33 Enter pressed twice: one message, one answer, one call of the engine')],
  },
  {
    id: 'F34',
    fault: 'The acknowledgement was lost and the question is sent again',
    sees: 'one message, the same answer',
    stored: 'one question, one reply',
    logged: 'one call',
    proofs: [
      readers('F34 an acknowledgement that was lost: the same question again is the same answer'),
      registry(
        'joins the run when the same request comes again: at once, later, after its end, and while the engine is away',
      ),
    ],
  },
  {
    id: 'F35',
    fault: 'Two tabs send in one thread',
    sees: 'the second: an answer is being written',
    stored: 'one order of messages; one active run a thread, by the database',
    logged: 'run_active, 409',
    proofs: [
      readers(
        'F35 two tabs that send in one thread: one is answered, the other told to wait, and nothing of it is kept',
      ),
      store('allows one active run a thread, and leaves nothing of a refused question behind'),
    ],
  },
  {
    id: 'F36',
    fault: 'Two tabs change one question',
    sees: 'the last one; the other is a branch beside it',
    stored: 'all of them: a message is never written over',
    logged: 'message_conflict, 409, for another text under a known id',
    proofs: [
      readers(
        'F36 two tabs that change one question: nothing is written over, each is a branch, the last one is shown',
      ),
    ],
  },
  {
    id: 'F37',
    fault: 'A reload in the middle of an answer',
    sees: 'the same text, without a gap or a repeat, going on',
    stored: 'the whole text',
    logged: 'nothing; the run goes on',
    proofs: [
      harness(
        'F37 reload mid-stream: 20 reloads at random bytes lose and repeat nothing, in two tabs',
      ),
      chat('a reload in the middle of an answer joins it again, with no gap and no repeat'),
      at('lib/client/follow-run.test.ts')(
        'loses and repeats nothing when the connection breaks at any byte',
      ),
    ],
  },
]
