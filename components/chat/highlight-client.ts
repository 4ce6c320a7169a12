import type { CodeLanguage } from './code-languages'
import type { CodeLine } from './highlight-code'
import type { HighlightAnswer, HighlightRequest } from './highlight-worker'

export type HighlightedBlock = {
  /** The whole text so far; of several that come while the worker is busy, the newest counts. */
  update(code: string): void
  close(): void
}

export type HighlightClient = {
  open(options: {
    language: CodeLanguage
    onLines: (lines: readonly CodeLine[]) => void
  }): HighlightedBlock
}

type WorkerPort = Pick<Worker, 'postMessage'> & {
  onmessage: ((event: MessageEvent) => void) | null
}

type BlockState = {
  language: CodeLanguage
  onLines: (lines: readonly CodeLine[]) => void
  lines: readonly CodeLine[]
  isBusy: boolean
  waiting: string | undefined
}

/** One worker for all blocks, started with the first one. Where there can be none, code stays plain. */
export function createHighlightClient(start: () => WorkerPort | undefined): HighlightClient {
  const blocks = new Map<number, BlockState>()
  let lastId = 0
  let worker: WorkerPort | undefined

  const send = (request: HighlightRequest) => worker?.postMessage(request)
  const onAnswer = ({ id, from, lines }: HighlightAnswer) => {
    const block = blocks.get(id)
    if (block === undefined) return
    block.lines = [...block.lines.slice(0, from), ...lines]
    block.onLines(block.lines)
    const { language, waiting } = block
    block.waiting = undefined
    block.isBusy = waiting !== undefined
    if (waiting !== undefined) send({ id, language, code: waiting })
  }

  return {
    open({ language, onLines }) {
      if (worker === undefined) {
        worker = start()
        if (worker !== undefined) worker.onmessage = ({ data }) => onAnswer(data)
      }
      lastId += 1
      const id = lastId
      const block: BlockState = { language, onLines, lines: [], isBusy: false, waiting: undefined }
      blocks.set(id, block)
      return {
        update(code) {
          if (block.isBusy) {
            block.waiting = code
            return
          }
          block.isBusy = true
          send({ id, language, code })
        },
        close() {
          blocks.delete(id)
          send({ id, language })
        },
      }
    },
  }
}

let shared: HighlightClient | undefined

export function getHighlightClient(): HighlightClient {
  shared ??= createHighlightClient(() => {
    if (typeof Worker === 'undefined') return undefined
    return new Worker(new URL('./highlight-worker.ts', import.meta.url), { type: 'module' })
  })
  return shared
}
