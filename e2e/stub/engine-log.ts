import { appendFileSync } from 'node:fs'
import { formatLogRecord, type LogOrigin } from './log-format.ts'
import type { ChatRequest } from './parse-chat-request.ts'
import { formatPythonFloat } from './python-text.ts'
import type { ProcessIds } from './start-log.ts'

export type EngineLog = {
  /** Raw bytes, as they are. */
  write: (text: string) => void
  /** From now on the records carry these process ids. */
  setPids: (pids: ProcessIds) => void
  record: (options: {
    process?: LogOrigin['process']
    level?: 'INFO' | 'WARNING' | 'ERROR'
    source: string
    message: string
  }) => void
  access: (options: { client: string; method: string; url: string; status: string }) => void
  received: (options: {
    id: string
    internalId: string
    request: ChatRequest
    limit: number
  }) => void
  aborted: (options: { id: string; internalId: string }) => void
}

function toSamplingParams(options: { request: ChatRequest; limit: number }): string {
  const { request, limit } = options
  const { sampling } = request
  const float = (name: string, initial: number) => formatPythonFloat(sampling[name] ?? initial)
  const stop = `[${request.stop.map((text) => `'${text}'`).join(', ')}]`
  return `SamplingParams(n=1, presence_penalty=${float('presence_penalty', 0)}, frequency_penalty=${float('frequency_penalty', 0)}, repetition_penalty=${float('repetition_penalty', 1)}, temperature=${float('temperature', 0.7)}, watermarking=None, top_p=${float('top_p', 0.8)}, top_k=${sampling.top_k ?? 20}, min_p=${float('min_p', 0)}, seed=${sampling.seed ?? 'None'}, stop=${stop}, stop_token_ids=[], bad_words=[], thinking_token_budget=None, include_stop_str_in_output=False, ignore_eos=${request.ignoresEnd ? 'True' : 'False'}, max_tokens=${limit}, min_tokens=0, logprobs=None, prompt_logprobs=None, skip_special_tokens=True, spaces_between_special_tokens=True, structured_outputs=None, extra_args=None)`
}

/** The log of an engine: to a file when one is named, else nowhere. */
export function createEngineLog(options: { file: string | undefined }): EngineLog {
  let pids: ProcessIds = { api: 1, core: 2 }
  const write = (text: string) => {
    if (options.file !== undefined && text !== '') appendFileSync(options.file, text)
  }
  const record: EngineLog['record'] = ({ process = 'APIServer', ...rest }) => {
    const origin = { process, pid: process === 'APIServer' ? pids.api : pids.core }
    write(formatLogRecord({ origin, at: new Date(), ...rest }))
  }
  return {
    write,
    setPids: (next) => {
      pids = next
    },
    record,
    access: ({ client, method, url, status }) =>
      write(`INFO:     ${client} - "${method} ${url} HTTP/1.1" ${status}\n`),
    received: ({ id, internalId, request, limit }) => {
      const params = toSamplingParams({ request, limit })
      const message = `Received request ${id}: params: ${params}, lora_request: None.`
      record({ source: 'request_logger.py:65', message })
      record({ source: 'async_llm.py:578', message: `Added request ${internalId}.` })
    },
    aborted: ({ id, internalId }) => {
      record({ source: 'async_llm.py:922', message: `Aborted request(s) ${internalId}.` })
      record({ source: 'async_llm.py:783', message: `Request ${id} aborted.` })
    },
  }
}
