import type { TipsPorts, WordCounter } from './tips-ports'
import { buildWords } from './workload'

const SAMPLE_WORDS = 400

/**
 * Words for a wanted number of tokens, by the model's own tokenizer; where the engine does not tell,
 * a word is taken for a token.
 */
export function createWordCounter({ engine, model, signal }: TipsPorts): WordCounter {
  let tokensPerWord: Promise<number> | undefined
  return async (tokens) => {
    tokensPerWord ??= measure({ engine, model, signal })
    return Math.max(1, Math.floor(tokens / (await tokensPerWord)))
  }
}

async function measure({
  engine,
  model,
  signal,
}: Pick<TipsPorts, 'engine' | 'model' | 'signal'>): Promise<number> {
  const count = async (words: number) => {
    const content = buildWords({ count: words, seed: 1 })
    const messages = [{ role: 'user', content }] as const
    return (await engine.tokenize({ model, messages, signal })).count
  }
  try {
    // The difference of two lengths is free of the chat template.
    return Math.max(1, ((await count(SAMPLE_WORDS)) - (await count(1))) / (SAMPLE_WORDS - 1))
  } catch {
    signal.throwIfAborted()
    return 1
  }
}
