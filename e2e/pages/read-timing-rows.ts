import type { APIRequestContext } from '@playwright/test'

type Timing = { ttftMs: number; overheadMs: number; decodeMs: number; e2elMs: number }

/** A row of the table as the API gives it. */
export type TimingRow = {
  messageId: string
  question: string
  status: string
  model: string
  timing: Timing & Record<string, number>
  paint?: { browserTtftMs: number }
}

/** The newest first. */
export async function readTimingRows(request: APIRequestContext, query = ''): Promise<TimingRow[]> {
  const response = await request.get(`/api/timings?limit=1000${query}`)
  return (await response.json()).rows
}
