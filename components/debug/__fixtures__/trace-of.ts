import type { ReplyTrace } from '@/lib/domain/reply-trace'

/** A turn that waited behind seven others and was served from the cache. */
export function traceOf(more: Partial<ReplyTrace> = {}): ReplyTrace {
  return {
    messageId: 'm1',
    threadId: 't1',
    runId: 'r1',
    question: 'What is the time to first token?',
    createdAtMs: Date.UTC(2026, 10, 24, 12),
    status: 'complete',
    finishReason: 'stop',
    model: 'Qwen/Qwen3-4B-Instruct-2507',
    timing: {
      ttftMs: 660,
      overheadMs: 2,
      queueMs: 400,
      prefillMs: 250,
      decodeMs: 398,
      otherMs: 8,
      e2elMs: 1080,
      interTokenMs: { p50: 20, p95: 20, max: 300 },
      tokensPerSecond: 50,
      promptTokens: 614,
      cachedTokens: 512,
      completionTokens: 21,
      aheadRequests: 7,
    },
    paint: { browserTtftMs: 700 },
    arrivalOffsetsMs: [20, 40, 60, 80, 100, 400],
    sampling: {},
    request: {
      url: 'http://127.0.0.1:8000/v1/chat/completions',
      headers: { 'content-type': 'application/json', 'x-request-id': 'r1' },
      body: {
        model: 'Qwen/Qwen3-4B-Instruct-2507',
        messages: [
          { role: 'system', content: 'You are an assistant.' },
          { role: 'user', content: 'What is the time to first token?' },
        ],
        stream: true,
      },
    },
    answer: { text: 'It is the wait.', reasoning: '' },
    completionId: 'chatcmpl-1',
    systemFingerprint: 'vllm-0.32.0-tp1',
    engineVersion: '0.32.0',
    activity: { aheadRequests: 7, preemptions: 0, kvCacheUsageAtStart: 0.1, kvCacheUsageAtEnd: 0.2 },
    flags: [{ code: 'waited-behind-others', details: { requests: 7, queueMs: 400.4 } }],
    prefix: {
      reason: 'as-predicted',
      promptTokens: 614,
      commonPrefixTokens: 520,
      blockSizeTokens: 16,
      predictedTokens: 512,
      reportedTokens: 512,
    },
    ...more,
  }
}
