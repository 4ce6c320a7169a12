import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { BatchResult } from '@/lib/domain/batch'
import type { FinishReason } from '@/lib/domain/message'
import { toChunks } from './__fixtures__/collect-entries'
import BATCH_OUTPUT from './__fixtures__/openai-batch-output.schema.json'
import { iterate } from './__fixtures__/run-setup'
import { listUndoneRows } from './list-undone-rows'
import { summarizeBatch } from './summarize-batch'
import { RESULT_FIELDS } from './to-result-record'
import { writeResults } from './write-results'

const done: BatchResult = {
  index: 0,
  line: 2,
  customId: 'first',
  fields: { id: '=cmd()', status: 'mine', deep: { a: [1] } },
  prompt: 'a "question",\nof two lines',
  status: 'complete',
  text: '-1 is the answer',
  finishReason: 'stop',
  model: 'm',
  completionId: 'chatcmpl-1',
  timing: { ttftMs: 10, e2elMs: 110, promptTokens: 5, completionTokens: 11, cachedTokens: 4 },
  gapsMs: [10, 10, 20],
  startedAtMs: 1_700_000_000_500,
  attempts: 1,
}

const failed: BatchResult = {
  index: 1,
  line: 4,
  prompt: 'b',
  status: 'failed',
  text: '',
  error: { code: 'engine_rejected', details: { status: 400, reason: 'no' } },
  timing: { e2elMs: 5 },
  startedAtMs: 1_700_000_001_000,
  attempts: 3,
}

const cut: BatchResult = {
  ...failed,
  index: 2,
  line: 5,
  status: 'interrupted',
  text: 'half',
  error: { code: 'engine_stream_cut' },
}

async function write(format: 'csv' | 'jsonl' | 'openai', results = [done, failed, cut]) {
  let text = ''
  const list = () => iterate(results)
  for await (const piece of writeResults({ format, list, batchId: 'b1' })) text += piece
  return text
}

describe('writeResults', () => {
  it('writes a table that another reader reads back, with safe cells and all columns of the input', async () => {
    const rows: Record<string, string>[] = parse(await write('csv'), { columns: true })
    expect(Object.keys(rows[0] ?? {})).toEqual(['id', 'input_status', 'deep', ...RESULT_FIELDS])
    expect(rows[0]).toMatchObject({
      id: "'=cmd()",
      input_status: 'mine',
      deep: '{"a":[1]}',
      status: 'complete',
      prompt: 'a "question",\nof two lines',
      answer: "'-1 is the answer",
      ttft_ms: '10',
      tpot_ms: '10',
      started_at: '2023-11-14T22:13:20.500Z',
    })
    expect(rows[1]).toMatchObject({
      id: '',
      status: 'failed',
      error: 'engine_rejected',
      ttft_ms: '',
    })
    expect(rows).toHaveLength(3)
  })

  it('writes one object a line', async () => {
    const lines = (await write('jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ line, status, answer }) => [line, status, answer])).toEqual([
      [2, 'complete', '-1 is the answer'],
      [4, 'failed', ''],
      [5, 'interrupted', 'half'],
    ])
    expect(lines[0].fields).toEqual(done.fields)
  })

  it("writes OpenAI's batch output: an answer or an error for each", async () => {
    const lines = (await write('openai'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines[0]).toEqual({
      id: 'batch_req_b1_0',
      custom_id: 'first',
      response: {
        status_code: 200,
        request_id: 'b1-0',
        body: {
          id: 'chatcmpl-1',
          object: 'chat.completion',
          created: 1_700_000_000,
          model: 'm',
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: '-1 is the answer', refusal: null },
              logprobs: null,
              finish_reason: 'stop',
            },
          ],
          usage: {
            prompt_tokens: 5,
            completion_tokens: 11,
            total_tokens: 16,
            prompt_tokens_details: { cached_tokens: 4 },
          },
        },
      },
      error: null,
    })
    expect(lines[1]).toEqual({
      id: 'batch_req_b1_1',
      custom_id: 'line-4',
      response: null,
      error: { code: 'engine_rejected', message: 'engine_rejected (status 400, reason no)' },
    })
    expect(lines[2]).toMatchObject({ response: null, error: { code: 'engine_stream_cut' } })
  })

  it("writes nothing that OpenAI's schema of a batch's output does not allow", async () => {
    const schema = z.fromJSONSchema(BATCH_OUTPUT as Parameters<typeof z.fromJSONSchema>[0])
    const ends: FinishReason[] = ['stop', 'length', 'tool_calls', 'abort', 'repetition', 'unknown']
    const { timing: _, finishReason: __, ...bare } = done
    const results = [failed, cut, bare, ...ends.map((finishReason) => ({ ...done, finishReason }))]
    const lines = (await write('openai', results)).trimEnd().split('\n')
    expect(lines).toHaveLength(results.length)
    for (const line of lines)
      expect(schema.safeParse(JSON.parse(line))).toMatchObject({ success: true })
    const [first] = lines.slice(-1).map((line) => JSON.parse(line))
    for (const wrong of [
      { ...first, error: undefined },
      { ...first, response: { ...first.response, status_code: '200' } },
      { ...first, response: { ...first.response, body: { ...first.response.body, choices: [] } } },
    ]) {
      expect(schema.safeParse(wrong)).toMatchObject({ success: false })
    }
  })

  it('writes a head alone for no results', async () => {
    expect(await write('csv', [])).toBe(`${RESULT_FIELDS.join(',')}\r\n`)
    expect(await write('jsonl', [])).toBe('')
  })
})

describe('summarizeBatch', () => {
  it('sums up under the names of vllm bench serve, with goodput', async () => {
    const results = [done, { ...done, index: 3, startedAtMs: done.startedAtMs + 890 }, failed, cut]
    expect(
      await summarizeBatch({ results: iterate(results), goodput: { ttft: 20 } }),
    ).toMatchObject({
      completed: 2,
      failed: 2,
      duration: 1,
      request_throughput: 2,
      output_throughput: 22,
      mean_ttft_ms: 10,
      median_itl_ms: 10,
      request_goodput: 2,
    })
  })
})

describe('listUndoneRows', () => {
  it.each([
    [false, [0, 3]],
    [true, [0, 1, 3]],
  ])(
    'goes on where nothing was done, or with a retry where it went wrong: %s',
    async (isRetry, expected) => {
      const statuses = [undefined, 'failed', 'complete', undefined] as const
      const rows: number[] = []
      for await (const { index } of listUndoneRows({
        chunks: toChunks('a\nb\nc\nd\n'),
        reading: { format: 'lines' },
        journal: { statusOf: (index) => statuses[index] },
        isRetry,
      })) {
        rows.push(index)
      }
      expect(rows).toEqual(expected)
    },
  )
})
