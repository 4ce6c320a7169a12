import { at, type FaultRow } from './fault-row.ts'

const end = at('e2e/faults/server-end.system.test.ts')
const harness = at('e2e/harness/harness.system.test.ts')
const registry = at('lib/chat/create-run-registry.test.ts')
const store = at('lib/db/create-store.test.ts')
const page = at('lib/client/create-thread-store.joining.test.ts')
const lock = at('lib/db/lock-data-dir.test.ts')
const postgres = at('e2e/faults/outage.postgres.test.ts')

export const SERVER_FAULT_ROWS: readonly FaultRow[] = [
  {
    id: 'F38',
    fault: 'SIGTERM in the middle of an answer',
    sees: 'the text so far and that the server was stopped; joins again by itself',
    stored: 'the text, interrupted; what ends within 5 s is complete',
    logged: 'stopping; the socket is closed, exit 0',
    proofs: [
      end(
        'F38 SIGTERM in the middle of an answer: drained, stored as interrupted, the engine let go, exit 0',
      ),
      at('lib/chat/drain-runs.test.ts')(
        'then stops the engine and stores what there is as interrupted',
      ),
      page('joins again from the last character, with no gap and no repeat'),
      page('shows the stored end when the run is no longer held'),
    ],
  },
  {
    id: 'F39',
    fault: 'kill -9 in the middle of an answer',
    sees: 'after the restart the text up to the last checkpoint, interrupted, Retry',
    stored: 'the text, at most 1 s old, interrupted',
    logged: 'how many answers were closed at boot',
    proofs: [
      end(
        'F39 kill -9 in the middle of an answer: at most a second of text is gone, the rest is interrupted and can be retried',
      ),
      store(
        'that a crash left behind becomes interrupted with the text it had, and frees the thread',
      ),
    ],
  },
  {
    id: 'F40',
    fault: 'kill -9 while something is being stored',
    sees: 'all that was acknowledged',
    stored: 'all that was acknowledged, once; the database opens',
    logged: 'how many answers were closed at boot',
    proofs: [
      harness(
        'F40 kill -9 at 20 random and named moments: nothing acknowledged is lost or doubled, all opens',
      ),
    ],
  },
  {
    id: 'F41',
    fault: 'The disk is full',
    sees: 'the answer, and that it could not be saved; what is new is refused',
    stored: 'nothing false; the end, as soon as there is room',
    logged: 'storage_failed',
    proofs: [
      end(
        'F41 a full disk: the answer is still shown and never called saved, nothing false is stored, and it goes on when there is room',
      ),
      registry(
        'says storage_failed and never saved when the store is full, and stores it when there is room',
      ),
    ],
  },
  {
    id: 'F42',
    fault: 'Postgres is down, restarts, is slow',
    sees: 'the answer, and that it could not be saved; what is new is refused; a slow one is waited for',
    stored: 'nothing false and nothing twice; the end, as soon as it is back',
    logged: 'storage_failed',
    proofs: [
      postgres(
        'F42 Postgres is down: the answer is still shown and never called saved, what is new is refused, and it goes on when it is back',
      ),
      postgres(
        'F42 Postgres restarts in the middle of an answer: it is whole, once, and nobody has to do anything',
      ),
      postgres('F42 Postgres is slow: a question waits for it, and is kept once'),
    ],
  },
  {
    id: 'F43',
    fault: 'A second server on the same DATA_DIR',
    sees: 'it ends with exit 3 and names the first',
    stored: 'untouched',
    logged: 'the lock of a dead server is taken over',
    proofs: [
      end(
        'F43 a second server on the same data: exits 3 and names the first; a lock left by a dead one is taken over',
      ),
      lock('lets exactly one of many have the lock of a dead process'),
    ],
  },
  {
    id: 'F44',
    fault: 'Redis is down, or its last message is lost',
    sees: '',
    stored: '',
    logged: '',
    proofs: [],
    isAbsent: 'runs are held by the one server of a DATA_DIR; there is no Redis',
  },
  {
    id: 'F45',
    fault: 'The clock jumps by an hour',
    sees: 'the right order and the right TTFT',
    stored: 'ordered by position and not by time; durations by a monotonic clock',
    logged: 'nothing',
    proofs: [end('F45 a clock that jumps by %i ms: order, text and TTFT stay right')],
  },
]
