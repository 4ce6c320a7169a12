/**
 * Measures several things in turn, round after round, so that what else the machine does meets all
 * of them alike; which one goes first moves on by one from round to round. Two names for the same
 * thing make an A/A run within the same rounds.
 */
export async function runRounds<Name extends string, Value>(options: {
  rounds: number
  runs: Record<Name, () => Promise<Value>>
  onRound?: (round: Record<Name, Value>) => void
}): Promise<Record<Name, Value>[]> {
  const names = Object.keys(options.runs) as Name[]
  const rounds: Record<Name, Value>[] = []
  for (let index = 0; index < options.rounds; index += 1) {
    const round = {} as Record<Name, Value>
    for (let step = 0; step < names.length; step += 1) {
      const name = names[(index + step) % names.length]
      if (name !== undefined) round[name] = await options.runs[name]()
    }
    rounds.push(round)
    options.onRound?.(round)
  }
  return rounds
}
