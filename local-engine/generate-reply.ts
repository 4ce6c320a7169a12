import type { LlamaSampling } from './llama-module.ts'
import type { LoadedModel } from './load-model.ts'
import type { ChatRequest, Sampling } from './parse-chat-request.ts'
import { createStopFinder } from './stop-finder.ts'
import { createTokenTextDecoder } from './text-decoder.ts'

export type ReplyEvent =
  | { type: 'prompt'; cachedTokens: number; computedTokens: number }
  | { type: 'token'; token: number; text: string }
  | {
      type: 'end'
      /** The last token, with the text that came with it or was still held back. */
      token: number
      text: string
      finishReason: 'stop' | 'length'
      /** The stop string or token that was met; null for the model's own end. */
      stopReason: string | number | null
    }

/** A stop during a long prompt waits for one piece at most. */
const PREFILL_TOKENS = 64

/**
 * Answers one prompt on the model's only sequence: call it for one request at a time. Tokens that
 * the sequence already holds from its beginning on are not computed again (the last one always is).
 * @throws the signal's reason once aborted; the cache stays usable.
 */
export async function* generateReply(options: {
  loaded: LoadedModel
  promptTokens: readonly number[]
  request: Pick<ChatRequest, 'sampling' | 'stops' | 'stopTokenIds' | 'isEosIgnored'>
  maxTokens: number
  signal: AbortSignal
}): AsyncGenerator<ReplyEvent, void> {
  const { loaded, promptTokens, request, maxTokens, signal } = options
  const { model, sequence } = loaded
  signal.throwIfAborted()
  await sequence.adaptStateToTokens(promptTokens.slice(0, -1), false)
  let position = sequence.nextTokenIndex
  yield { type: 'prompt', cachedTokens: position, computedTokens: 0 }
  while (promptTokens.length - position > PREFILL_TOKENS) {
    signal.throwIfAborted()
    const piece = promptTokens.slice(position, position + PREFILL_TOKENS)
    await sequence.evaluateWithoutGeneratingNewTokens(piece)
    position += piece.length
    yield { type: 'prompt', cachedTokens: 0, computedTokens: piece.length }
  }
  signal.throwIfAborted()
  const decoder = createTokenTextDecoder({
    detokenize: (tokens, lastTokens) => model.detokenize(tokens, false, lastTokens),
    promptTokens,
  })
  const finder = createStopFinder(request.stops)
  const generated: number[] = []
  const sampling = toLlamaSampling({ loaded, sampling: request.sampling, promptTokens, generated })
  for await (const token of sequence.evaluate(promptTokens.slice(position), sampling)) {
    signal.throwIfAborted()
    if (generated.length === 0) {
      yield { type: 'prompt', cachedTokens: 0, computedTokens: promptTokens.length - position }
    }
    generated.push(token)
    const isOwnEnd = !request.isEosIgnored && model.isEogToken(token)
    const isStopToken = request.stopTokenIds.includes(token)
    const isLast = generated.length >= maxTokens
    const piece = isOwnEnd ? decoder.flush() : decoder.push(token)
    const { text, stop } = finder.push(isLast || isStopToken ? piece + decoder.flush() : piece)
    if (stop !== undefined) {
      yield { type: 'end', token, text, finishReason: 'stop', stopReason: stop }
      return
    }
    if (isOwnEnd || isStopToken || isLast) {
      const isStop = isOwnEnd || isStopToken
      yield {
        type: 'end',
        token,
        text: text + finder.flush(),
        finishReason: isStop ? 'stop' : 'length',
        stopReason: isOwnEnd || !isStopToken ? null : token,
      }
      return
    }
    yield { type: 'token', token, text }
  }
}

/**
 * vLLM's penalties: repetition over prompt and answer, presence and frequency over the answer
 * alone and plainly subtracted from the logits, which is what a token bias does.
 */
function toLlamaSampling(options: {
  loaded: LoadedModel
  sampling: Sampling
  promptTokens: readonly number[]
  generated: readonly number[]
}): LlamaSampling {
  const { loaded, sampling, promptTokens, generated } = options
  const { presencePenalty, frequencyPenalty, repetitionPenalty } = sampling
  const isBiased = presencePenalty !== 0 || frequencyPenalty !== 0
  return {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    minP: sampling.minP,
    seed: toUnsigned(sampling.seed ?? Math.floor(Math.random() * 2 ** 32)),
    yieldEogToken: true,
    ...(repetitionPenalty === 1
      ? {}
      : {
          repeatPenalty: {
            punishTokens: () => [...promptTokens, ...generated],
            penalty: repetitionPenalty,
            maxPunishTokens: loaded.maxModelLen,
          },
        }),
    ...(isBiased
      ? {
          tokenBias: () => {
            const bias = loaded.module.TokenBias.for(loaded.model)
            for (const [token, count] of countTokens(generated)) {
              bias.set(token, { logit: -presencePenalty - frequencyPenalty * count })
            }
            return bias
          },
        }
      : {}),
  }
}

function countTokens(tokens: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  return counts
}

/** vLLM takes any integer; llama.cpp one of 32 bits. */
function toUnsigned(seed: number): number {
  return ((seed % 2 ** 32) + 2 ** 32) % 2 ** 32
}
