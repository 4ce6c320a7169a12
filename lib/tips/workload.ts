import type { WireMessage } from '@/lib/engine/wire'

/** Requests at once, and how often each number is measured. */
export const CONCURRENCIES = [1, 4, 16, 32] as const
/** Tokens of the shared beginning; of three lengths those that the engine's context holds. */
export const PREFIX_TOKENS = [512, 1024, 2048] as const
export const LONG_PROMPT_TOKENS = 2048
export const CHATS_BESIDE_LONG = 4
export const BATCH_QUESTIONS = 16

export const SHORT_ANSWER_TOKENS = 32
/** Long enough to be still under way when the long prompt has been read. */
export const CHAT_ANSWER_TOKENS = 96
/** What a question, an answer and the chat template take beside a long text. */
export const SPARE_TOKENS = 160

/** Common words of one token each in most vocabularies. */
const WORDS =
  'time year people way day man thing woman life child world school state family student group country problem hand part place case week company system program question work government number night point home water room mother area money story fact month lot right study book eye job word business issue side kind head house service friend father power hour game line end member law car city community name president team minute idea body information back parent face level office door health person art war history party result change morning reason research girl guy moment air teacher force education'.split(
    ' ',
  )

/** The same for everyone, so that runs can be compared; only the mark at the front differs. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `count` words in an order that the seed settles. */
export function buildWords({ count, seed }: { count: number; seed: number }): string {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')
}

/** The mark comes first: what the engine has cached of any other request ends before it. */
export function buildShortQuestion({
  mark,
  index,
}: {
  mark: string
  index: number
}): WireMessage[] {
  const content = `${mark} ${index}. Count from ${index + 1} upwards, one number a line, and do not stop before five hundred. Write nothing else.`
  return [{ role: 'user', content }]
}

export function buildLongQuestion({
  mark,
  text,
  question,
}: {
  mark: string
  text: string
  question: string
}): WireMessage[] {
  return [
    { role: 'system', content: `${mark} ${text}` },
    { role: 'user', content: question },
  ]
}
