export type PrefixCache = {
  /** Tokens at the start of the prompt whose blocks are held: whole blocks, at most all but one token. */
  lookUp: (tokens: readonly number[]) => number
  /** Holds the whole blocks of a sequence. */
  store: (tokens: readonly number[]) => void
  clear: () => void
}

type Hash = { low: number; high: number }

const ROOT: Hash = { low: 0x811c9dc5, high: 0x9e3779b9 }

function chain(options: { parent: Hash; token: number }): Hash {
  return {
    low: Math.imul(options.parent.low ^ options.token, 0x01000193),
    high: Math.imul(options.parent.high ^ (options.token + 0x7f4a7c15), 0x85ebca6b) >>> 1,
  }
}

/**
 * vLLM's prefix cache: blocks known by the hash of their tokens and of all before them, the least
 * recently used one goes first, and of one sequence its tail before its head.
 */
export function createPrefixCache(options: { blockSize: number; blocks: number }): PrefixCache {
  const held = new Set<string>()

  const toKeys = (tokens: readonly number[]): string[] => {
    const keys: string[] = []
    let hash = ROOT
    for (const [index, token] of tokens.entries()) {
      hash = chain({ parent: hash, token })
      if ((index + 1) % options.blockSize === 0) keys.push(`${hash.low}:${hash.high}`)
    }
    return keys
  }

  const touch = (keys: readonly string[]): void => {
    for (const key of keys.toReversed()) {
      held.delete(key)
      held.add(key)
    }
    for (const key of held) {
      if (held.size <= options.blocks) return
      held.delete(key)
    }
  }

  return {
    lookUp: (tokens) => {
      const keys = toKeys(tokens.slice(0, -1))
      const missing = keys.findIndex((key) => !held.has(key))
      const found = missing === -1 ? keys : keys.slice(0, missing)
      touch(found)
      return found.length * options.blockSize
    },
    store: (tokens) => touch(toKeys(tokens)),
    clear: () => held.clear(),
  }
}
