import type { CodeLanguage } from './code-languages'
import { type CodeLines, type CodeTokenizer, loadTokenizer } from './highlight-code'

/** `code` is the whole text so far; without it the block is gone. */
export type HighlightRequest = { id: number; language: CodeLanguage; code?: string }

export type HighlightAnswer = { id: number } & CodeLines

const tokenizers = new Map<number, Promise<CodeTokenizer>>()

/** Grammars take long to compile: here they hold up no frame of the page. */
addEventListener('message', async ({ data }: MessageEvent<HighlightRequest>) => {
  const { id, language, code } = data
  if (code === undefined) {
    tokenizers.delete(id)
    return
  }
  const known = tokenizers.get(id)
  const tokenizer = known ?? loadTokenizer(language)
  if (known === undefined) tokenizers.set(id, tokenizer)
  const answer: HighlightAnswer = { id, ...(await tokenizer).read(code) }
  postMessage(answer)
})
