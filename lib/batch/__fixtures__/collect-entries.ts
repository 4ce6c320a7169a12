import type { BatchEntry, BatchReading } from '@/lib/domain/batch'
import { readBatch } from '../read-batch'

/** The bytes cut into pieces of so many, as a socket might. */
export async function* toChunks(
  input: string | Uint8Array,
  size = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

export async function collectEntries(options: {
  input: string | Uint8Array
  reading: BatchReading
  size?: number
}): Promise<BatchEntry[]> {
  const { input, reading, size } = options
  const entries: BatchEntry[] = []
  for await (const entry of readBatch({ chunks: toChunks(input, size), reading })) {
    entries.push(entry)
  }
  return entries
}

/** `line: question`, or `line! reason`: what a table of cases is written in. */
export function summarizeEntries(entries: readonly BatchEntry[]): string[] {
  return entries.flatMap((entry) => {
    if (entry.kind === 'columns') return []
    if (entry.kind === 'bad') return [`${entry.bad.line}! ${entry.bad.reason}`]
    return [`${entry.row.line}: ${entry.row.messages.at(-1)?.content}`]
  })
}
