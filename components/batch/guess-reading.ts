import type { BatchReading } from '@/lib/domain/batch'

/** What an input most likely is, by its name and its first line. */
export function guessReading({ name, head }: { name: string; head: string }): BatchReading {
  if (/\.(csv|tsv)$/i.test(name)) return { format: 'csv' }
  const [line = ''] = head
    .replace(/^\uFEFF/, '')
    .trimStart()
    .split('\n', 1)
  const isJson = /\.(jsonl|ndjson)$/i.test(name) || /^\{"/.test(line)
  if (!isJson) return { format: 'lines' }
  return /"custom_id"/.test(line) && /"body"/.test(line)
    ? { format: 'openai' }
    : { format: 'jsonl' }
}
