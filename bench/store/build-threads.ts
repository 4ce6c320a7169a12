import { randomUUID } from 'node:crypto'
import type { FiledMessage, FiledThread } from '@/lib/domain/thread-file.ts'
import { createRandom, type Random } from '../../e2e/harness/create-random.ts'

const WORDS = 40_000
const CHARACTERS = [
  ...'的一是不了在人有我他这中大来上个国和也子时道说出而要于就下得可你年生首令牌缓存模型推理显卡队列',
]

/** A word's number: small ones are frequent, as in any language. */
function pickWord(random: Random): string {
  const rank = Math.floor(WORDS ** random.next())
  return `${'etaoinshrdlu'[rank % 12]}${rank.toString(36)}`
}

function buildText(random: Random): string {
  if (random.chance(0.3)) {
    return Array.from({ length: random.between(20, 200) }, () => random.pick(CHARACTERS)).join('')
  }
  return Array.from({ length: random.between(10, 120) }, () => pickWord(random)).join(' ')
}

/** Threads of so many messages each, in English-like words and in Chinese characters. */
export function buildThreads(options: {
  count: number
  messages: number
  seed: number
}): FiledThread[] {
  const random = createRandom(options.seed)
  return Array.from({ length: options.count }, (_, at) => {
    const createdAtMs = 1_700_000_000_000 + at * 60_000
    let parentId: string | null = null
    const messages = Array.from({ length: options.messages }, (_, index): FiledMessage => {
      const shared = { id: randomUUID(), text: buildText(random), createdAtMs: createdAtMs + index }
      const above = parentId
      parentId = shared.id
      if (above === null || index % 2 === 0) return { ...shared, role: 'user', parentId: above }
      return { ...shared, role: 'assistant', parentId: above, reasoning: '', status: 'complete' }
    })
    return {
      id: randomUUID(),
      title: buildText(random).slice(0, 60),
      createdAtMs,
      updatedAtMs: createdAtMs,
      isPinned: at % 200 === 0,
      isArchived: false,
      messages,
    }
  })
}
