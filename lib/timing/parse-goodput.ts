import type { GoodputTargets } from '@/lib/domain/bench-summary'

const TARGET = /^(ttft|tpot|e2el):(\d+(?:\.\d+)?)$/

/** `ttft:200 tpot:50` as targets in ms; `undefined` when it cannot be read, `{}` for a blank text. */
export function parseGoodput(text: string): GoodputTargets | undefined {
  const targets: GoodputTargets = {}
  for (const word of text.split(/[\s,]+/)) {
    if (word === '') continue
    const [, name, limitMs] = TARGET.exec(word) ?? []
    if (name !== 'ttft' && name !== 'tpot' && name !== 'e2el') return undefined
    targets[name] = Number(limitMs)
  }
  return targets
}
