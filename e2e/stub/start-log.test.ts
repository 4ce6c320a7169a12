import { describe, expect, it } from 'vitest'
import { parseScenario } from './parse-scenario.ts'
import { buildStartLog } from './start-log.ts'

const engine = parseScenario({ modelId: 'my-model', maxModelLen: 8192, kvCacheTokens: 91_008 })
const pieces = buildStartLog({ engine, pids: { api: 12, core: 34 }, port: 8000 })
const at = new Date(2026, 10, 23, 16, 0, 5)
const text = pieces.map(({ write }) => write(at)).join('')

describe('the log of a start', () => {
  it('runs from the start of the process to ready without going back in time', () => {
    const times = pieces.map((piece) => piece.at)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect([times[0], times.at(-1)]).toEqual([0, 1])
  })

  it('shows each stage in the words of vLLM, in order', () => {
    const stages = [
      /\(APIServer pid=12\) INFO 11-23 16:00:05 \[api_utils\.py:347\].*version 0\.32\.0/,
      /Resolved architecture: Qwen3ForCausalLM/,
      /Using max model len 8192/,
      /\(EngineCore pid=34\) INFO .* Initializing a V1 LLM engine \(v0\.32\.0\)/,
      /Loading model from scratch\.\.\./,
      /Time spent downloading weights for my-model: [\d.]+ seconds/,
      /(?:Loading|Multi-thread loading)[^:]*?shards:\s+(\d+)% Completed \| (\d+)\/(\d+)/,
      /(?:Model loading took|[Ll]oading model weights took) ([\d.]+) (?:GiB|GB)(?:(?: memory)? and ([\d.]+) seconds)?/,
      /torch\.compile (?:takes|took) ([\d.]+) s in total/,
      /Available KV cache memory: (-?[\d.]+) GiB/,
      /GPU KV cache size: 91,008 tokens, Maximum concurrency for 8,192 tokens per request: 11\.11x/,
      /Capturing CUDA graphs \(PIECEWISE\):\s+(\d+)%\|.*?\| (\d+)\/(\d+)/,
      /Capturing CUDA graphs \(FULL\): 100%\|.*?\| 35\/35/,
      /Graph capturing finished in/,
      /init engine \([^)]*\) took ([\d.]+) s/,
      /Starting vLLM server on http:\/\/127\.0\.0\.1:8000/,
      /Application startup complete\.\n$/,
    ]
    const found = stages.map((stage) => text.search(stage))
    expect(found).not.toContain(-1)
    expect(found).toEqual([...found].sort((a, b) => a - b))
  })

  it('writes bars as tqdm does: shards a line each, graphs over one another', () => {
    expect(text).toContain('\rLoading safetensors checkpoint shards:  33% Completed | 1/3')
    expect(text.match(/\rCapturing CUDA graphs \(PIECEWISE\)/g)).toHaveLength(11)
    expect(text.split('\n').filter((line) => line.includes('graphs (FULL)'))).toHaveLength(1)
  })
})
