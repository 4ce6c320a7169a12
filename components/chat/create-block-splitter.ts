import { findDefinitions, splitBlocks } from './split-blocks'

export type SplitText = {
  blocks: readonly string[]
  /** What some blocks define for all others: lines of Markdown. */
  definitions: string
}

/** Splits a text that grows: what stands before its last block is not looked at again. */
export function createBlockSplitter(): (text: string, isGrowing: boolean) => SplitText {
  let seen = ''
  let wasGrowing = false
  let settled: string[] = []
  let settledLength = 0
  let settledDefinitions = ''
  let last: SplitText = { blocks: [], definitions: '' }

  const settle = (block: string) => {
    settled.push(block)
    settledLength += block.length
    settledDefinitions += findDefinitions(block)
  }
  return (text, isGrowing) => {
    if (text === seen && isGrowing === wasGrowing && last.blocks.length > 0) return last
    if (!text.startsWith(seen) || isGrowing !== wasGrowing) {
      settled = []
      settledLength = 0
      settledDefinitions = ''
    }
    seen = text
    wasGrowing = isGrowing
    const tail = splitBlocks(text.slice(settledLength), { isGrowing })
    for (const block of tail.slice(0, -1)) settle(block)
    const end = tail.at(-1) ?? ''
    last = {
      blocks: end === '' ? [...settled] : [...settled, end],
      definitions: settledDefinitions + findDefinitions(end),
    }
    return last
  }
}
