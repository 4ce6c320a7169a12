import { randomUUID } from 'node:crypto'

/**
 * Which rows have changed since a reader looked last, in memory: a reader of another process, or one that
 * stayed away for too long, begins anew.
 */
export type ChangeLog = {
  mark(id: string): void
  /** To be read before the rows: what changes in between is then told twice, never missed. */
  cursor(): string
  /** Ids that changed after the cursor; undefined when that is not known. */
  since(cursor: string): string[] | undefined
}

export function createChangeLog({
  limit = 20_000,
  epoch = randomUUID(),
}: {
  limit?: number
  epoch?: string
} = {}): ChangeLog {
  // A map keeps the order in which its keys came: the one changed last stands last.
  const changes = new Map<string, number>()
  let latest = 0
  let forgotten = 0
  return {
    mark(id) {
      latest += 1
      changes.delete(id)
      changes.set(id, latest)
      if (changes.size <= limit) return
      const oldest = changes.entries().next().value
      if (oldest === undefined) return
      changes.delete(oldest[0])
      forgotten = oldest[1]
    },
    cursor: () => `${epoch}.${latest}`,
    since(cursor) {
      const [of, number = ''] = cursor.split('.')
      const seen = Number(number)
      if (of !== epoch || !/^\d+$/.test(number) || seen < forgotten || seen > latest) {
        return undefined
      }
      return [...changes].filter(([, change]) => change > seen).map(([id]) => id)
    },
  }
}
