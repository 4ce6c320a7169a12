import type { TipsSeries } from '@/lib/domain/tips'
import { type Asked, askEngine } from './ask-engine'
import type { TipsRun } from './tips-ports'
import { buildLongQuestion, buildWords, PREFIX_TOKENS, SPARE_TOKENS } from './workload'

/** The lengths that the engine's context holds. */
export function choosePrefixTokens(maxModelLen: number | undefined): number[] {
  return PREFIX_TOKENS.filter((tokens) => tokens + SPARE_TOKENS <= (maxModelLen ?? Infinity))
}

/**
 * A long beginning that the engine has never seen, then another question behind the same beginning: the
 * first is read whole, the second from the prefix cache. One pair a round, for each length.
 */
export async function measurePrefix(run: TipsRun): Promise<TipsSeries[]> {
  const series: TipsSeries[] = []
  for (const at of choosePrefixTokens(run.ports.maxModelLen)) {
    const text = buildWords({ count: await run.words(at), seed: at })
    const pairs: [Asked, Asked][] = []
    for (let round = 0; round < run.repeats; round += 1) {
      const mark = `${run.mark} p${at}-${round}`
      const ask = (question: string) =>
        askEngine({ run, messages: buildLongQuestion({ mark, text, question }), maxTokens: 4 })
      const cold = await ask('Which of these words is the first?')
      pairs.push([cold, await ask('Which of these words is the last?')])
    }
    series.push(...toSeries({ at, pairs }))
  }
  return series
}

function toSeries({ at, pairs }: { at: number; pairs: readonly [Asked, Asked][] }): TipsSeries[] {
  const measurement = 'prefix'
  const engine = pairs.flatMap(([cold, warm]): [number, number][] =>
    cold.engineTtftMs === undefined || warm.engineTtftMs === undefined
      ? []
      : [[cold.engineTtftMs, warm.engineTtftMs]],
  )
  const told = engine.length === pairs.length
  const ratios = told ? engine : pairs.map(([cold, warm]) => [cold.ttftMs, warm.ttftMs] as const)
  return [
    { measurement, at, figure: 'coldTtftMs', values: pairs.map(([cold]) => cold.ttftMs) },
    { measurement, at, figure: 'warmTtftMs', values: pairs.map(([, warm]) => warm.ttftMs) },
    ...(told
      ? ([
          { measurement, at, figure: 'coldEngineTtftMs', values: engine.map(([cold]) => cold) },
          { measurement, at, figure: 'warmEngineTtftMs', values: engine.map(([, warm]) => warm) },
        ] as const)
      : []),
    {
      measurement,
      at,
      figure: 'speedup',
      values: ratios.map(([cold, warm]) => cold / Math.max(0.01, warm)),
    },
  ]
}
