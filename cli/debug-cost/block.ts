/** What one arm measured in one block. */
export type Block = {
  /** Accepted → first text at the reader, of each turn that ran alone. */
  ttftMs: number[]
  /** Accepted → its end at the reader. */
  turnMs: number[]
  /** The same of turns that ran eight at a time. */
  busyTtftMs: number[]
  /** Of the process, with all that it does after a turn. */
  cpuMsPerTurn: number
}

export type BlockSize = { turns: number; busyTurns: number; busyThreads: number }

/** `with`: as the server is wired. `without`: nothing is told of its runs. */
export type Wiring = 'with' | 'without'
