import { GPUS } from '@/lib/planner/gpu-catalogue'
import { KNOWN_MODELS } from '@/lib/planner/model-catalogue'

export const HELP = `Plan a vLLM deployment: does it fit, what holds it, and the command for it.

  npm run plan -- [flags]               plan one
  npm run plan -- check '<command>'     look over a command that starts vLLM

What to plan
  --model NAME                one of the catalogue (default: Qwen3-4B-Instruct-2507)
  --config FILE               the config.json of any other model; --model names it
  --weights FORMAT            bf16 (default), fp16, fp8, awq, gptq
  --group-size N              of AWQ and GPTQ (default: 128)
  --weights-path NAME         where the weights are, if not at the known name
  --gpu NAME|GIB              a card of the catalogue, or its memory (default: RTX 4090)
  --gpus N                    tensor parallelism over that many (default: 1)
  --max-model-len N           context length in tokens; 8K = 8192, 8k = 8000 (default: 16384)
  --gpu-memory-utilization F  share of each card, 0-1 (default: what leaves room on the card)
  --kv-cache-dtype TYPE       auto (default) or fp8
  --max-num-seqs N, --max-num-batched-tokens N    (default: vLLM's own for the card)
  --users N, --turns N, --prompt-tokens N, --answer-tokens N    the workload
  --vllm VERSION              0.8 to 0.32 (default: 0.32)
  --port N                    (default: 8000)

What to print
  --json                      everything, each figure under a name with its unit
  --output NAME               one of serve, docker, compose, kubernetes, helm, config, and nothing else
  --list                      the cards and models of the catalogue
  --help

Ends with 0 when it fits or is tight, 1 when it does not fit (check: when vLLM would refuse the
command), 2 when the input cannot be used.
`

/** The catalogue: a line each. */
export function formatLists(): string {
  const cards = GPUS.map(
    ({ name, memoryGib, generation }) =>
      `  ${name.padEnd(24)} ${memoryGib.toFixed(2).padStart(7)} GiB  ${generation}`,
  )
  const models = KNOWN_MODELS.map(
    ({ id, maxContextTokens }) => `  ${id.padEnd(40)} ${maxContextTokens} tokens`,
  )
  return `Cards\n${cards.join('\n')}\n\nModels\n${models.join('\n')}\n`
}
