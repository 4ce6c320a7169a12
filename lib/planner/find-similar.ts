/** Lower case, without spaces, dashes and the makers' names: `NVIDIA GeForce RTX-4090` is `rtx4090`. */
export function toComparable(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/nvidia|geforce|amd|instinct/g, '')
    .replaceAll(/[^a-z0-9.]/g, '')
}

function measureDistance({ from, to }: { from: string; to: string }): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[line - 1] === to[column - 1]
      const replaced = (row[column - 1] ?? 0) + (isSame ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

/** Up to three names that a mistyped one may have meant, nearest first; none where all are far off. */
export function findSimilar({ text, names }: { text: string; names: readonly string[] }): string[] {
  const wanted = toComparable(text)
  if (wanted === '') return []
  return names
    .map((name) => {
      const comparable = toComparable(name)
      const isPart = comparable.includes(wanted) || wanted.includes(comparable)
      const distance = isPart ? 0.5 : measureDistance({ from: wanted, to: comparable })
      return { name, distance, limit: Math.max(1, Math.floor(comparable.length / 3)) }
    })
    .filter(({ distance, limit }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}
