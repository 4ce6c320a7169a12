import parsePrometheusText from 'parse-prometheus-text-format'
import { describe, expect, it } from 'vitest'
import type { Reply } from '@/lib/domain/message'
import type { Phase } from '@/lib/domain/readiness'
import { checkExposition } from './__fixtures__/check-exposition'
import { INTER_TOKEN_BUCKETS, REQUEST_BUCKETS, TTFT_BUCKETS } from './buckets'
import { createAppMetrics } from './create-app-metrics'

const reply = (more: Partial<Reply> = {}): Reply => ({
  id: 'reply',
  threadId: 'thread',
  parentId: 'question',
  role: 'assistant',
  runId: 'run',
  text: '',
  reasoning: '',
  status: 'complete',
  model: 'm',
  createdAtMs: 0,
  timing: {
    ttftMs: 412,
    overheadMs: 2,
    queueMs: 380,
    prefillMs: 25,
    e2elMs: 1500,
    promptTokens: 100,
    cachedTokens: 64,
    completionTokens: 20,
  },
  ...more,
})

function open(phase: Phase = 'ready') {
  const metrics = createAppMetrics({
    version: '0.1.0',
    systemPromptSha256: 'abc',
    activeRuns: () => 3,
    phase: () => phase,
  })
  const value = async (name: string, labels: Record<string, string> = {}) =>
    [...checkExposition(await metrics.render()).values()]
      .flatMap(({ samples }) => samples)
      .find(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
      )?.value
  return { metrics, value }
}

describe('createAppMetrics', () => {
  it('puts a reply into every histogram and counter that it has a figure for', async () => {
    const { metrics, value } = open()
    metrics.observe({ reply: reply(), arrivalsMs: [0, 20, 50] })
    const ttft = 'first_token_time_to_first_token_seconds'
    expect(await value(`${ttft}_bucket`, { le: '0.25', model: 'm' })).toBe(0)
    expect(await value(`${ttft}_bucket`, { le: '0.5', model: 'm' })).toBe(1)
    expect(await value(`${ttft}_sum`)).toBe(0.412)
    expect(await value('first_token_overhead_seconds_sum')).toBe(0.002)
    expect(await value('first_token_request_queue_time_seconds_sum')).toBe(0.38)
    expect(await value('first_token_e2e_request_latency_seconds_sum')).toBe(1.5)
    expect(await value('first_token_inter_token_latency_seconds_count')).toBe(2)
    expect(await value('first_token_inter_token_latency_seconds_sum')).toBeCloseTo(0.05, 9)
    expect(await value('first_token_replies_total', { status: 'complete' })).toBe(1)
    expect(await value('first_token_prompt_tokens_total')).toBe(100)
    expect(await value('first_token_cached_prompt_tokens_total')).toBe(64)
    expect(await value('first_token_completion_tokens_total')).toBe(20)
  })

  it('counts a reply without figures by its end alone', async () => {
    const { metrics, value } = open()
    const { timing: _, ...bare } = reply({ status: 'failed' })
    metrics.observe({ reply: bare, arrivalsMs: [] })
    expect(await value('first_token_replies_total', { status: 'failed' })).toBe(1)
    expect(await value('first_token_time_to_first_token_seconds_count')).toBeUndefined()
  })

  it('says runs, phase, calls and build', async () => {
    const { metrics, value } = open('saturated')
    metrics.countCall({ kind: 'tokenize' })
    metrics.observePaint({ browserTtftMs: 250 })
    expect(await value('first_token_runs_active')).toBe(3)
    expect(await value('first_token_engine_phase', { phase: 'saturated' })).toBe(1)
    expect(await value('first_token_engine_phase', { phase: 'ready' })).toBe(0)
    expect(await value('first_token_upstream_calls_total', { kind: 'tokenize' })).toBe(1)
    expect(await value('first_token_browser_time_to_first_token_seconds_sum')).toBe(0.25)
    expect(
      await value('first_token_build_info', { version: '0.1.0', system_prompt_sha256: 'abc' }),
    ).toBe(1)
  })

  it('takes any name of a model, and only so many of them', async () => {
    const { metrics, value } = open()
    metrics.observe({ reply: reply({ model: 'a"b\\c\nd' }), arrivalsMs: [] })
    for (let n = 0; n < 100; n += 1) {
      metrics.observe({ reply: reply({ model: `model-${n}` }), arrivalsMs: [] })
    }
    expect(await value('first_token_replies_total', { model: 'a"b\\c\nd' })).toBe(1)
    expect(await value('first_token_replies_total', { model: 'other' })).toBe(81)
  })

  it('is read by a parser that is not ours, and to the same', async () => {
    const { metrics } = open()
    for (const model of ['m', 'a"b\\c\nd']) {
      metrics.observe({ reply: reply({ model }), arrivalsMs: [0, 20, 50] })
    }
    metrics.countCall({ kind: 'tokenize' })
    metrics.observePaint({ browserTtftMs: 250 })
    const text = await metrics.render()
    const ours = [...checkExposition(text)]
    // As lines of their own: of a histogram with labels it keeps the last bucket alone.
    const theirs = parsePrometheusText(text.replaceAll(/^# TYPE (\S+) histogram$/gm, ''))
    const read = theirs.flatMap(({ name, metrics: found }) =>
      found.map(({ labels = {}, value }) => ({ name, labels, value: Number(value) })),
    )
    expect(read).toEqual(ours.flatMap(([, { samples }]) => samples))
    expect(read.length).toBeGreaterThan(300)
    const helps = theirs.filter(({ help }) => help !== '').map(({ name, help }) => [name, help])
    expect(helps).toEqual(ours.map(([name, { help }]) => [name, help]))
  })

  it('has the buckets of vLLM', () => {
    expect(
      [TTFT_BUCKETS, INTER_TOKEN_BUCKETS, REQUEST_BUCKETS].map(({ length }) => length),
    ).toEqual([22, 19, 21])
    expect([TTFT_BUCKETS[0], INTER_TOKEN_BUCKETS[0], REQUEST_BUCKETS[0]]).toEqual([
      0.001, 0.01, 0.3,
    ])
  })
})

describe('the strict reader', () => {
  const head = '# HELP a_total x\n# TYPE a_total counter\n'
  const histogram = '# HELP h_seconds x\n# TYPE h_seconds histogram\n'
  it.each([
    ['a line that cannot be read', `${head}a_total {} one\n`],
    ['a bare label', `${head}a_total{b=c} 1\n`],
    ['a quote in a label', `${head}a_total{b="c"d"} 1\n`],
    ['a double sample', `${head}a_total 1\na_total 1\n`],
    ['a double family', head + head],
    ['a sample of another family', `${head}b_total 1\n`],
    ['a sample of no family', 'a_total 1\n'],
    ['a counter without _total', '# HELP a x\n# TYPE a counter\na 1\n'],
    ['a negative counter', `${head}a_total -1\n`],
    ['milliseconds', '# HELP a_ms x\n# TYPE a_ms gauge\na_ms 1\n'],
    ['no end of the last line', `${head}a_total 1`],
    [
      'a histogram without +Inf',
      `${histogram}h_seconds_bucket{le="1"} 1\nh_seconds_sum 1\nh_seconds_count 1\n`,
    ],
    [
      'falling buckets',
      `${histogram}h_seconds_bucket{le="1"} 2\nh_seconds_bucket{le="+Inf"} 1\nh_seconds_sum 1\nh_seconds_count 1\n`,
    ],
    [
      'another count',
      `${histogram}h_seconds_bucket{le="+Inf"} 1\nh_seconds_sum 1\nh_seconds_count 2\n`,
    ],
  ])('complains of %s', (_, text) => {
    expect(() => checkExposition(text)).toThrow()
  })
})
