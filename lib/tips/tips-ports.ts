import type { TipsProgress } from '@/lib/domain/tips'
import type { Engine } from '@/lib/engine/engine'

export type TipsPorts = {
  engine: Pick<Engine, 'streamCompletion' | 'tokenize' | 'readMetrics'>
  /** The served name. */
  model: string
  maxModelLen?: number
  version?: string
  onProgress?: (progress: TipsProgress) => void
  /** Cancels: nothing more is asked, what is under way is given up. */
  signal: AbortSignal
  /** Monotonic, in ms. */
  now?: () => number
  wallNow?: () => number
  createId?: () => string
}

/** What a measurement works with. */
export type TipsRun = {
  ports: TipsPorts
  /** Unlike any other run's: stands before every prompt. */
  mark: string
  repeats: number
  tally: { requests: number; completionTokens: number }
  /** Told of each answered request. */
  onAnswer: () => void
  words: WordCounter
}

/** How many of the workload's words make so many tokens of this model. */
export type WordCounter = (tokens: number) => Promise<number>
