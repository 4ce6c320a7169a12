import type {
  BatchAction,
  BatchOverview,
  BatchReading,
  BatchRecord,
  BatchRowView,
  BatchView,
} from '@/lib/domain/batch'
import type { BenchSummary } from '@/lib/domain/bench-summary'
import { AppError } from '@/lib/domain/error'
import { fetchJson } from './fetch-json'

type Signal = { signal: AbortSignal }

/** What the batch page asks of our server. Each rejects with an AppError. */
export type BatchApi = {
  list(options: Signal): Promise<BatchOverview[]>
  load(options: Signal & { id: string }): Promise<BatchView>
  loadRows(options: Signal & { id: string; first: number; count: number }): Promise<BatchRowView[]>
  upload(options: Signal & { name: string; input: Blob }): Promise<BatchRecord>
  read(options: Signal & { id: string; reading: BatchReading }): Promise<BatchRecord>
  act(options: Signal & { id: string; action: BatchAction }): Promise<BatchView>
  summarize(options: Signal & { id: string; goodput: string }): Promise<BenchSummary>
  remove(options: { id: string }): Promise<void>
}

export const batchApi: BatchApi = {
  async list({ signal }) {
    return (await fetchJson({ path: '/api/batch', isAnswer: isList, signal })).batches
  },
  load: ({ id, signal }) => fetchJson({ path: toPath(id), isAnswer: isView, signal }),
  async loadRows({ id, first, count, signal }) {
    const path = `${toPath(id)}/rows?first=${first}&count=${count}`
    return (await fetchJson({ path, isAnswer: isRows, signal })).rows
  },
  async upload({ name, input, signal }) {
    const path = `/api/batch?${new URLSearchParams({ name })}`
    return (await fetchJson({ path, isAnswer: isRecord, signal, body: input })).batch
  },
  async read({ id, reading, signal }) {
    const path = `${toPath(id)}/reading`
    return (await fetchJson({ path, isAnswer: isRecord, signal, body: reading })).batch
  },
  act: ({ id, action, signal }) =>
    fetchJson({ path: `${toPath(id)}/actions`, isAnswer: isView, signal, body: action }),
  summarize: ({ id, goodput, signal }) =>
    fetchJson({
      path: `${toPath(id)}/summary?${new URLSearchParams({ goodput })}`,
      isAnswer: isSummary,
      signal,
    }),
  async remove({ id }) {
    const response = await fetch(toPath(id), { method: 'DELETE' }).catch((cause) => {
      throw new AppError('app_unreachable', { cause })
    })
    if (!response.ok) throw new AppError(response.status === 409 ? 'batch_conflict' : 'internal')
  },
}

function toPath(id: string): string {
  return `/api/batch/${encodeURIComponent(id)}`
}

// Our own server wrote it: enough to tell it from something else that answered.

function isList(value: object): value is { batches: BatchOverview[] } {
  return 'batches' in value && Array.isArray(value.batches)
}

function isView(value: object): value is BatchView {
  return 'batch' in value && 'holds' in value
}

function isRecord(value: object): value is { batch: BatchRecord } {
  return 'batch' in value
}

function isRows(value: object): value is { rows: BatchRowView[] } {
  return 'rows' in value && Array.isArray(value.rows)
}

function isSummary(value: object): value is BenchSummary {
  return 'completed' in value && 'duration' in value
}
