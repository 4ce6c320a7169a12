import type { Engine } from '@/lib/engine/engine'
import type { Tokenized } from '@/lib/engine/tokenize'
import type { PromptMessage } from '@/lib/prompt/build-messages'
import type { Ledger } from './create-ledger'

/** The engine's tokenizer for one purpose, each call of it entered in the ledger. */
export function countedTokenize(options: {
  engine: Pick<Engine, 'tokenize'>
  ledger: Pick<Ledger, 'enter'>
  cause: string
  model: string
  messageId?: string
  limits: { signal: AbortSignal; timeoutMs: number }
}) {
  const { engine, ledger, cause, model, messageId, limits } = options
  return async (request: {
    messages: readonly PromptMessage[]
    addGenerationPrompt: boolean
    wantsTokenStrings?: boolean
  }): Promise<Tokenized> => {
    const startedAtMs = Date.now()
    const beganMs = performance.now()
    const enter = (outcome: 'ok' | 'failed' | 'stopped', promptTokens?: number) =>
      ledger.enter({
        kind: 'tokenize',
        cause,
        startedAtMs,
        durationMs: performance.now() - beganMs,
        outcome,
        ...(messageId === undefined ? {} : { messageId }),
        ...(promptTokens === undefined ? {} : { promptTokens }),
      })
    try {
      const tokenized = await engine.tokenize({ model, ...request, ...limits })
      enter('ok', tokenized.count)
      return tokenized
    } catch (error) {
      enter(limits.signal.aborted ? 'stopped' : 'failed')
      throw error
    }
  }
}
