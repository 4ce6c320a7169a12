import type { Stub } from './live-request.ts'

const DEATH_TRACE = [
  'AsyncLLM output_handler failed.',
  'Traceback (most recent call last):',
  '  File "/site-packages/vllm/v1/engine/async_llm.py", line 849, in output_handler',
  '    outputs = await engine_core.get_output_async()',
  '              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
  '  File "/site-packages/vllm/v1/engine/core_client.py", line 1235, in get_output_async',
  '    raise self._format_exception(outputs) from None',
  'vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue. See stack trace (above) for the root cause.',
].join('\n')

/** What is written when the engine core is gone. */
export function logDeath({ stub }: { stub: Stub }): void {
  stub.log.record({
    level: 'WARNING',
    source: 'core_client.py:817',
    message: '[shutdown] MPClient: engine core exited unexpectedly; starting cleanup',
  })
  stub.log.record({ level: 'ERROR', source: 'async_llm.py:906', message: DEATH_TRACE })
  for (const { id } of stub.live) {
    stub.log.record({
      source: 'async_llm.py:789',
      message: `Request ${id} failed (engine dead).`,
    })
  }
}

export function logShutdown({ stub }: { stub: Stub }): void {
  stub.log.write('INFO:     Shutting down\n')
  stub.log.write('INFO:     Waiting for application shutdown.\n')
  stub.log.write('INFO:     Application shutdown complete.\n')
}

type Last = { prompt: number; generation: number; wasBusy: boolean }

const lastByStub = new WeakMap<Stub, Last>()

/** The throughput line; silent when nothing has happened in two intervals. */
export function logStats({ stub, intervalMs }: { stub: Stub; intervalMs: number }): void {
  const { counters } = stub.core
  const last = lastByStub.get(stub) ?? { prompt: 0, generation: 0, wasBusy: false }
  const prompt = counters.get('vllm:prompt_tokens_total')
  const generation = counters.get('vllm:generation_tokens_total')
  const perSecond = (tokens: number) => (Math.max(0, tokens) * 1000) / intervalMs
  const promptRate = perSecond(prompt - last.prompt)
  const generationRate = perSecond(generation - last.generation)
  const isBusy = promptRate > 0 || generationRate > 0
  lastByStub.set(stub, { prompt, generation, wasBusy: isBusy })
  if (!isBusy && !last.wasBusy) return
  const queries = counters.get('vllm:prefix_cache_queries_total')
  const hits = counters.get('vllm:prefix_cache_hits_total')
  const hitRate = queries === 0 ? 0 : (100 * hits) / queries
  const { preemptions } = stub.book.engine()
  const parts = [
    `Avg prompt throughput: ${promptRate.toFixed(1)} tokens/s`,
    `Avg generation throughput: ${generationRate.toFixed(1)} tokens/s`,
    `Running: ${stub.core.running()} reqs`,
    `Waiting: ${stub.core.waiting()} reqs`,
    ...(preemptions > 0 ? [`Preemptions: ${preemptions}`] : []),
    `GPU KV cache usage: ${(stub.core.kvUsage() * 100).toFixed(1)}%`,
    `Prefix cache hit rate: ${hitRate.toFixed(1)}%`,
  ]
  stub.log.record({ source: 'loggers.py:335', message: `Engine 000: ${parts.join(', ')}` })
}
