import type { BatchRow, BatchRowView } from '@/lib/domain/batch'
import type { RowAnswer } from './ask-row'
import type { BatchObserver } from './run-state'

const TEXT_LENGTH = 240

/** What is known of the rows in flight, for a table that is looked at now and then. */
export type LiveRows = {
  observer: BatchObserver
  find(index: number): Pick<BatchRowView, 'text' | 'ttftMs'> | undefined
}

export function createLiveRows(): LiveRows {
  const rows = new Map<number, RowAnswer | undefined>()
  const remove = ({ index }: Pick<BatchRow, 'index'>) => void rows.delete(index)
  return {
    observer: {
      started: ({ index }) => void rows.set(index, undefined),
      piece: ({ index }, answer) => void rows.set(index, answer),
      returned: remove,
      ended: remove,
    },
    find(index) {
      if (!rows.has(index)) return undefined
      const answer = rows.get(index)
      if (answer === undefined) return {}
      const [firstMs] = answer.arrivalsMs
      return {
        text: toShortText(answer.text),
        ...(firstMs === undefined ? {} : { ttftMs: firstMs - answer.acceptedMs }),
      }
    },
  }
}

/** As much as a line of a table shows. */
export function toShortText(text: string): string {
  return text.length <= TEXT_LENGTH ? text : `${text.slice(0, TEXT_LENGTH).toWellFormed()}…`
}
