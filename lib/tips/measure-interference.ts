import type { TipsSeries } from '@/lib/domain/tips'
import { percentile } from '@/lib/timing/percentile'
import { type Asked, askEngine } from './ask-engine'
import type { TipsRun } from './tips-ports'
import {
  buildLongQuestion,
  buildShortQuestion,
  buildWords,
  CHAT_ANSWER_TOKENS,
  CHATS_BESIDE_LONG,
  LONG_PROMPT_TOKENS,
  SPARE_TOKENS,
} from './workload'

/** So many tokens of each chat are seen before the long prompt comes. */
const CALM_TOKENS = 8

/**
 * Short chats are written while one long prompt arrives: their gaps between tokens before it and while
 * it is read, the longest of them, and how long the long prompt itself waits. One value a round.
 */
export async function measureInterference(run: TipsRun): Promise<TipsSeries[]> {
  const at = toLongPromptTokens(run.ports.maxModelLen)
  const text = buildWords({ count: await run.words(at), seed: 1 })
  const rounds: Gaps[] = []
  for (let round = 0; round < run.repeats; round += 1) {
    rounds.push(await measureRound({ run, text, mark: `${run.mark} i${round}` }))
  }
  const figures = ['calmGapMs', 'busyGapMs', 'longestGapMs', 'longTtftMs'] as const
  return figures.map((figure) => ({
    measurement: 'interference',
    at,
    figure,
    values: rounds.map((gaps) => gaps[figure]),
  }))
}

function toLongPromptTokens(maxModelLen: number | undefined): number {
  const room = (maxModelLen ?? Number.POSITIVE_INFINITY) - SPARE_TOKENS
  return Math.max(16, Math.min(LONG_PROMPT_TOKENS, room))
}

type Gaps = Record<'calmGapMs' | 'busyGapMs' | 'longestGapMs' | 'longTtftMs', number>

async function measureRound({
  run,
  text,
  mark,
}: {
  run: TipsRun
  text: string
  mark: string
}): Promise<Gaps> {
  const underWay = Promise.withResolvers<void>()
  const seen = new Map<number, number>()
  const chats = Promise.all(
    Array.from({ length: CHATS_BESIDE_LONG }, (_, index) =>
      askEngine({
        run,
        messages: buildShortQuestion({ mark, index }),
        maxTokens: CHAT_ANSWER_TOKENS,
        onDelta: (count) => {
          seen.set(index, count)
          const isCalm = [...seen.values()].filter((each) => each >= CALM_TOKENS).length
          if (isCalm === CHATS_BESIDE_LONG) underWay.resolve()
        },
      }),
    ),
  )
  // Short answers that all end before their time are no reason to wait for ever.
  await Promise.race([underWay.promise, chats])
  const question = 'Which of these words is the first?'
  const long = askEngine({
    run,
    messages: buildLongQuestion({ mark, text, question }),
    maxTokens: 1,
  })
  const [asked, ...others] = (await Promise.all([long, chats])).flat()
  return toGaps({ long: asked, chats: others })
}

function toGaps({ long, chats }: { long: Asked | undefined; chats: readonly Asked[] }): Gaps {
  const sentMs = long?.sentAtMs ?? 0
  const readMs = sentMs + (long?.ttftMs ?? 0)
  const gaps = chats.flatMap(({ arrivalsMs }) =>
    arrivalsMs.slice(1).map((toMs, index) => ({ fromMs: arrivalsMs[index] ?? toMs, toMs })),
  )
  const lengths = (wanted: typeof gaps) => wanted.map(({ fromMs, toMs }) => toMs - fromMs)
  const calm = lengths(gaps.filter(({ toMs }) => toMs <= sentMs))
  const busy = lengths(gaps.filter(({ fromMs, toMs }) => toMs > sentMs && fromMs < readMs))
  return {
    calmGapMs: percentile(calm, 0.5) ?? 0,
    busyGapMs: percentile(busy, 0.5) ?? 0,
    longestGapMs: Math.max(0, ...busy),
    longTtftMs: long?.ttftMs ?? 0,
  }
}
