import { at, type FaultRow } from './fault-row.ts'

const answers = at('e2e/faults/answer-faults.system.test.ts')
const readers = at('e2e/faults/readers.system.test.ts')
const journey = at('e2e/faults.spec.ts')
const intake = at('lib/engine/stream-faults.test.ts')
const splits = at('lib/engine/stream-splits.test.ts')
const note = at('components/chat/error-note.test.tsx')
const SENTENCE = note('has a sentence and a remedy for %s in %s, with none of its facts')

export const ANSWER_FAULT_ROWS: readonly FaultRow[] = [
  {
    id: 'F16',
    fault: 'Malformed lines, JSON that does not parse',
    sees: 'the answer goes on; beyond 20 lines it ends with an error',
    stored: 'what could be read',
    logged: 'engine_malformed with the number of lines',
    proofs: [
      answers('F16 malformed lines: a few are skipped, too many end the answer with what had come'),
      intake('skips 20 lines that cannot be read, and gives up at the 21st'),
    ],
  },
  {
    id: 'F17',
    fault: 'Cut within characters, JSON, CRLF, a byte order mark; several data lines an event',
    sees: 'the same text',
    stored: 'the same text',
    logged: 'nothing',
    proofs: [
      answers(
        'F17 pieces cut within characters, lines and events: the same text with pieces of %i bytes, CRLF %s',
      ),
      splits('gives the same events at every single cut: %s'),
      splits('gives the same events byte by byte: %s'),
    ],
  },
  {
    id: 'F18',
    fault: 'A line of 16 MB',
    sees: 'an error; the text so far stays',
    stored: 'the text, failed',
    logged: 'engine_line_too_large at 1 MB; the socket is closed, no memory is taken',
    proofs: [
      answers(
        'F18 a line of 16 MB: ends the answer, keeps what had come, takes no memory, closes the socket',
      ),
      intake('is closed at a line over 1 MB, long before it is read'),
    ],
  },
  {
    id: 'F19',
    fault: 'An empty completion, only [DONE]',
    sees: 'that the engine returned nothing, Retry',
    stored: 'failed',
    logged: 'engine_empty',
    proofs: [answers('F19 nothing but [DONE]: says that the engine returned nothing'), SENTENCE],
  },
  {
    id: 'F20',
    fault: 'A finish_reason, and no [DONE]',
    sees: 'a normal answer',
    stored: 'complete',
    logged: 'nothing',
    proofs: [answers('F20 a finish without [DONE]: is complete')],
  },
  {
    id: 'F21',
    fault: 'finish_reason is length',
    sees: 'that it was cut by its length',
    stored: 'complete, with the reason',
    logged: 'nothing',
    proofs: [answers('F21 an answer cut by its length: is complete, and says why it ended')],
  },
  {
    id: 'F22',
    fault: 'An error event in the middle of a stream',
    sees: 'the text so far and one sentence; not the words of the engine',
    stored: 'the text, failed',
    logged: 'engine_failed, with the key blotted out',
    proofs: [
      answers(
        'F22 an error event in the middle: the text before it stays, its message stays in the server',
      ),
      intake('keeps the text before an error event'),
    ],
  },
  {
    id: 'F23',
    fault: '400: the context is too long',
    sees: 'the tokens of the conversation, the limit, and a new chat',
    stored: 'the question; the reply as failed',
    logged: 'engine_context_too_long',
    proofs: [
      answers('F23 a context that is too long: says both figures and keeps the question'),
      note('gives the figures of a conversation that is too long, and a new chat'),
    ],
  },
  {
    id: 'F24',
    fault: '401 or 403 from the engine',
    sees: "that the app's key is refused; neither the key nor a header",
    stored: 'failed',
    logged: 'engine_unauthorized, with the key blotted out',
    proofs: [
      answers('F24 a refused key, HTTP %i: one sentence, and the key in no byte of it'),
      at('lib/engine/canary.test.ts')('is in no error, though it stands %s'),
    ],
  },
  {
    id: 'F25',
    fault: '404 for the model or the path, 405',
    sees: 'which model is not served, or that there is no chat API',
    stored: 'failed',
    logged: 'engine_model_not_found or engine_path_not_found',
    proofs: [answers('F25 not what is served there: HTTP %i %s %s is %s'), SENTENCE],
  },
  {
    id: 'F26',
    fault: 'A body that is too large, for us or for the engine',
    sees: 'the limit; the text is still in the message box',
    stored: 'nothing of it',
    logged: 'body_too_large, before it is read',
    proofs: [
      answers(
        'F26 a body that is too large: ours is refused unread with the limit, and nothing is kept of it',
      ),
      at('lib/server/route.test.ts')('stop reading a body at the limit, however it is sent'),
      at('lib/client/create-thread-store.test.ts')(
        'comes back to the message box when it is refused: %s',
      ),
    ],
  },
  {
    id: 'F27',
    fault: '429',
    sees: 'how long to wait, from Retry-After, 1 to 60 s',
    stored: 'failed',
    logged: 'engine_busy; nothing is repeated by itself',
    proofs: [
      answers(
        'F27 too many requests: Retry-After %s is told as %i s, and nothing is repeated by itself',
      ),
    ],
  },
  {
    id: 'F28',
    fault: '500, 502, 504',
    sees: 'one sentence, Retry',
    stored: 'failed; a retry is a second answer',
    logged: 'engine_failed or engine_proxy; one call',
    proofs: [
      answers('F28 HTTP %i: one sentence and a retry that gives a second answer'),
      journey('retry gives a second answer to the same question'),
    ],
  },
  {
    id: 'F29',
    fault: '200 with text/html: a portal, a page of nginx',
    sees: 'that what answers is not an engine; none of the page',
    stored: 'failed',
    logged: 'engine_wrong_content_type',
    proofs: [
      answers('F29 a web page where a stream is due: is no engine, and none of it is shown'),
      SENTENCE,
    ],
  },
  {
    id: 'F30',
    fault: 'A redirect to another host',
    sees: 'where it would have led',
    stored: 'failed',
    logged: 'engine_redirected; not followed, the key is not sent on',
    proofs: [
      answers(
        'F30 a redirect to another host, HTTP %i: is not followed, and the key is not sent on',
      ),
      at('lib/engine/engine-http.test.ts')('never follows a redirect, so the key stays'),
    ],
  },
  {
    id: 'F31',
    fault: 'Compression, odd chunks, trailers, interim answers',
    sees: 'a normal answer',
    stored: 'complete',
    logged: 'nothing',
    proofs: [
      readers('F31 interim answers, a compressed stream, trailers: the same text as without them'),
    ],
  },
  {
    id: 'F32',
    fault: 'Ten times more text than there may be',
    sees: 'an answer that is cut at the hard cap',
    stored: 'complete, by length',
    logged: 'the socket is closed',
    proofs: [
      answers(
        'F32 ten times more text than there may be: is cut at the hard cap, and the engine let go',
      ),
      intake('is ended with its socket when it goes far beyond max_tokens'),
    ],
  },
]
