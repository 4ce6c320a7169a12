/** Every n-th of some items, from the first on, so that there are not more than `max`. */
export function keepEvenly<Item>({ items, max }: { items: readonly Item[]; max: number }): Item[] {
  const every = Math.ceil(items.length / Math.max(1, max))
  return items.filter((_, index) => index % every === 0)
}
