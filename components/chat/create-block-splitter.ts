import { readFence } from './read-fence'
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
  /** The character of the code fence that the last block is, as far as nothing has ended it. */
  let openMark: string | undefined

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
      openMark = undefined
    }
    const isMoreCode =
      openMark !== undefined &&
      settledLength + (last.blocks.at(-1)?.length ?? 0) === seen.length &&
      !text.slice(seen.lastIndexOf('\n') + 1).includes(openMark)
    seen = text
    wasGrowing = isGrowing
    if (isMoreCode) {
      last = { ...last, blocks: [...settled, text.slice(settledLength)] }
      return last
    }
    const tail = splitBlocks(text.slice(settledLength), { isGrowing })
    for (const block of tail.slice(0, -1)) settle(block)
    const end = tail.at(-1) ?? ''
    openMark = toOpenMark(end)
    last = {
      blocks: end === '' ? [...settled] : [...settled, end],
      definitions: settledDefinitions + findDefinitions(end),
    }
    return last
  }
}

/** Of a block that is nothing but the beginning of a code fence. */
function toOpenMark(block: string): string | undefined {
  const fence = readFence(block)
  return fence === undefined || fence.isClosed ? undefined : block.trimStart().charAt(0)
}
