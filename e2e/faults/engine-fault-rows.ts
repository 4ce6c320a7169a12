import { at, type FaultRow } from './fault-row.ts'

const away = at('e2e/faults/engine-away.system.test.ts')
const silence = at('e2e/faults/silence.system.test.ts')
const end = at('e2e/faults/server-end.system.test.ts')
const journey = at('e2e/faults.spec.ts')
const gate = at('e2e/gate.spec.ts')
const watch = at('lib/engine/create-silence-watch.test.ts')
const phases = at('lib/readiness/next-phase.test.ts')

export const ENGINE_FAULT_ROWS: readonly FaultRow[] = [
  {
    id: 'F1',
    fault: 'The engine is not started: the connection is refused',
    sees: '"unreachable" with its host; a draft can be typed, Send is shut',
    stored: 'nothing',
    logged: 'the change of phase, once and not with each look',
    proofs: [
      away(
        'F1 engine not started: unreachable, named by its host, refused, and told once and not by each look',
      ),
      gate('refuses what is sent too early, in the page and in the API, and keeps the draft'),
    ],
  },
  {
    id: 'F2',
    fault: 'The port is open, /health answers 503 or not at all',
    sees: '"loading" with elapsed time and the stage from the log; opens by itself',
    stored: 'nothing',
    logged: 'one look a second with jitter, one in flight',
    proofs: [
      away(
        'F2 port open and 503, or no answer: loading, one look at a time, and it opens by itself',
      ),
      gate('shows the stages of a start from the log and opens by itself, without a reload'),
    ],
  },
  {
    id: 'F3',
    fault: 'The name does not resolve, or the TLS handshake fails',
    sees: 'a sentence of its own for each',
    stored: 'nothing',
    logged: 'the change of phase, once',
    proofs: [
      away('F3 a name that does not resolve and a handshake that fails: two phases, two sentences'),
    ],
  },
  {
    id: 'F4',
    fault: 'Ready, and the wanted model is not in /v1/models',
    sees: 'what is served and what was wanted',
    stored: 'nothing',
    logged: 'the change of phase',
    proofs: [
      away(
        'F4 another model than the wanted one: says what is served and what was wanted, and opens when it is there',
      ),
      at('e2e/wrong-model.spec.ts')(
        'names the model that is wanted and the ones that are served, and opens when it is there',
      ),
    ],
  },
  {
    id: 'F5',
    fault: '/health answers 200 and the engine is wedged',
    sees: '"stalled" after 30 s and never "ready"; the answer ends with its error after 120 s without a sign of life',
    stored: 'the reply as failed',
    logged: 'engine_stalled; the socket is closed',
    proofs: [
      silence(
        'F5 an engine that is healthy and wedged: is called stalled and not ready, and the answer ends as failed',
      ),
      at('lib/readiness/next-phase.stall.test.ts')('is running requests and no token for 30 s'),
      watch('calls an engine stalled after 120 s when nothing waits and nothing moves'),
    ],
  },
  {
    id: 'F6',
    fault: 'A busy engine whose /health is slow',
    sees: 'still open, with the queue; three misses in a row are needed',
    stored: 'nothing',
    logged: 'no change of phase',
    proofs: [
      away(
        'F6 a busy engine that is slow to say that it lives: stays ready through two misses, and shows its queue',
      ),
      phases('one slow answer, or two, never flap a ready engine'),
    ],
  },
  {
    id: 'F7',
    fault: 'The engine is killed in the middle of an answer',
    sees: 'the text so far, "interrupted", Retry; the gate shuts within 3 s and opens by itself',
    stored: 'the text, interrupted',
    logged: 'engine_died or engine_stream_cut',
    proofs: [
      end(
        'F7 engine killed mid-stream: the partial answer is kept as interrupted, the gate shuts and opens again, a retry is a second answer',
      ),
      journey(
        'keeps the partial answer when the engine is killed, shuts the gate, and goes on when it is back',
      ),
    ],
  },
  {
    id: 'F8',
    fault: 'A stall: no bytes for 30 s',
    sees: 'the text so far and for how long nothing came',
    stored: 'the text, interrupted',
    logged: 'engine_stalled; the socket is closed',
    proofs: [
      silence(
        'F8 a stall of 30 s: keeps the text as interrupted, says for how long, closes the socket',
      ),
      watch('counts 30 s from the last token, whatever the metrics say'),
    ],
  },
  {
    id: 'F9',
    fault: 'Nothing but keep-alive comments',
    sees: 'as F8: the clock of the text counts, not that of the bytes',
    stored: 'the text, interrupted',
    logged: 'engine_stalled; the socket is closed',
    proofs: [
      silence(
        'F9 nothing but keep-alive comments: is the same stall, by the clock of the text and not of the bytes',
      ),
    ],
  },
  {
    id: 'F10',
    fault: 'The peer vanished and the connection stays half open',
    sees: 'as F8',
    stored: 'the text, interrupted',
    logged: 'engine_stalled; no handle is left',
    proofs: [
      silence(
        'F10 a peer that vanished, with the connection left open: is the same stall, and no handle is left',
      ),
    ],
  },
]
