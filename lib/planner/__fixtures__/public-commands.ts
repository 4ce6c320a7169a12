/**
 * Command lines as people posted them, with where they stand, what vLLM 0.32 (or the version of the
 * image) has to say of them.
 */
export type PublicCommand = {
  source: string
  text: string
  findings: string[]
}

export const PUBLIC_COMMANDS: PublicCommand[] = [
  {
    source: 'the article on seven tips for Qwen3-4B-Instruct-2507',
    text: `python -m vllm.entrypoints.openai.api_server --model qwen/Qwen3-4B-Instruct-2507 --tensor-parallel-size 1 --max-model-len 262144 --enable-chunked-prefill --max-num-seqs 32`,
    findings: [
      'warning context-long --max-model-len',
      'warning seqs-low --max-num-seqs',
      'warning open-to-network --host',
      'note no-op --tensor-parallel-size',
      'note no-op --enable-chunked-prefill',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#1479',
    text: `python -m vllm.entrypoints.openai.api_server --model path/to/CodeLlama-7B-AWQ -q awq --dtype half`,
    findings: [
      'warning quantization-named -q',
      'warning open-to-network --host',
      'note dtype-half-quantized --dtype',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#188',
    text: `python -u -m vllm.entrypoints.openai.api_server --host 0.0.0.0 --model TheBloke/Mistral-7B-OpenOrca-AWQ --dtype half --gpu-memory-utilization 0.7  --max-model-len 4096 --quantization awq`,
    findings: [
      'warning quantization-named --quantization',
      'warning open-to-network --host',
      'note dtype-half-quantized --dtype',
      'note utilization-lowered --gpu-memory-utilization',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#13267',
    text: `python -m vllm.entrypoints.openai.api_server --host 0.0.0.0 --port 12345 --max-model-len 65536 --trust-remote-code --tensor-parallel-size 8 --quantization moe_wna16 --gpu-memory-utilization 0.97 --kv-cache-dtype fp8_e5m2 --calculate-kv-scales --served-model-name deepseek-reasoner --model cognitivecomputations/DeepSeek-R1-AWQ`,
    findings: [
      'error flag-removed --calculate-kv-scales',
      'warning quantization-named --quantization',
      'warning utilization-high --gpu-memory-utilization',
      'warning open-to-network --host',
      'warning remote-code --trust-remote-code',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#16128',
    text: `HF_TOKEN=XX  VLLM_USE_V1=0 vllm serve OPEA/Mistral-Small-3.1-24B-Instruct-2503-int4-AutoRound-awq-sym \\
--tensor-parallel-size 1  --max-model-len 128 --gpu-memory-utilization 0.95   --distributed-executor-backend ray \\
--hf-config-path mistralai/Mistral-Small-3.1-24B-Instruct-2503   --tokenizer mistralai/Mistral-Small-3.1-24B-Instruct-2503  \\
 --served-model-name mistral  `,
    findings: [
      'warning utilization-high --gpu-memory-utilization',
      'warning open-to-network --host',
      'warning env-removed VLLM_USE_V1',
      'note no-op --tensor-parallel-size',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#16199',
    text: `VLLM_USE_V1=0  vllm serve gaunernst/gemma-3-27b-it-int4-awq \\
 --max-model-len 4096 --gpu-memory-utilization 0.98   --distributed-executor-backend ray  --dtype float16 `,
    findings: [
      'warning utilization-high --gpu-memory-utilization',
      'warning open-to-network --host',
      'warning env-removed VLLM_USE_V1',
      'note dtype-half-quantized --dtype',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#1234',
    text: `CUDA_VISIBLE_DEVICES=1 python3 -m vllm.entrypoints.openai.api_server --model "./models/mistral-7b-v0.1-awq" --quantization awq --dtype half --max-model-len 4096`,
    findings: [
      'warning quantization-named --quantization',
      'warning open-to-network --host',
      'note dtype-half-quantized --dtype',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#7553',
    text: `CUDA_VISIBLE_DEVICES=4,5,6,7 python -m vllm.entrypoints.openai.api_server --served-model-name Yi-1.5-34B-Chat --model /workspace/sdb/models/Yi/Yi-1.5-34B-Chat/ --port 8001 --gpu-memory-utilization 0.9 --swap-space 0  --tensor-parallel-size 4`,
    findings: [
      'error flag-removed --swap-space',
      'warning open-to-network --host',
      'note utilization-lowered --gpu-memory-utilization',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#7768',
    text: `vllm serve /model --port 8000 \\
  --trust-remote-code \\
  --served-model-name internvl2-internlm2 \\
  --uvicorn-log-level "info" \\
  --enable-chunked-prefill False \\
  --gpu-memory-utilization 0.9 \\
  --tensor-parallel-size 2`,
    findings: [
      'error stray-word False',
      'warning open-to-network --host',
      'warning remote-code --trust-remote-code',
      'note utilization-lowered --gpu-memory-utilization',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#14736',
    text: `vllm serve "DeepSeek-R1-Distill-Qwen-14B-Int8-W8A16" --max-model-len 8192 --host 0.0.0.0 --port 8015 --disable-log-requests  --max_num_seqs=12 --max_num_batched_tokens=256  -tp=2`,
    findings: [
      'error flag-removed --disable-log-requests',
      'warning seqs-low --max_num_seqs',
      'warning open-to-network --host',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#17739',
    text: `sudo docker run --ipc=host --log-opt max-size=10m --log-opt max-file=1 --rm -it --gpus '"device=0"' --env "VLLM_USE_MODELSCOPE=True" --env "VLLM_USE_V1=0" -p 8000:8000 --mount type=bind,source=/home/me/.cache,target=/root/.cache vllm/vllm-openai:v0.8.5 --model swift/Qwen3-30B-A3B-AWQ --max-model-len 4000 --dtype half --gpu-memory-utilization 0.92 --disable-log-requests --no-enable-prefix-caching -q awq --tensor-parallel-size 1`,
    findings: [
      'warning quantization-named -q',
      'warning prefix-caching-off --no-enable-prefix-caching',
      'warning open-to-network --publish',
      'note no-op --tensor-parallel-size',
      'note dtype-half-quantized --dtype',
      'note prompt-details-missing --enable-prompt-tokens-details',
    ],
  },
  {
    source: 'vllm-project/vllm#17327',
    text: `VLLM_USE_V1=0 vllm serve <PATH>/nytopop_Qwen3-30B-A3B.w4a16 --gpu-memory-utilization 0.9 --disable-log-request --max-num-seqs 8`,
    findings: [
      'error flag-removed --disable-log-request',
      'warning seqs-low --max-num-seqs',
      'warning open-to-network --host',
      'warning env-removed VLLM_USE_V1',
      'note utilization-lowered --gpu-memory-utilization',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#41695',
    text: `vllm serve Qwen3-Coder-30B-A3B-Instruct-FP8 \\
  --host 0.0.0.0 \\
  --port 8000 \\
  --max-model-len 16384 \\
  --dtype auto \\
  --gpu-memory-utilization 0.95 \\
  --served-model-name Qwen3-Coder-30B-A3B-Instruct-FP8 \\
  --enable-auto-tool-choice \\
  --tool-call-parser hermes \\
  --reasoning-parser qwen3 \\
  --language-model-only`,
    findings: [
      'warning utilization-high --gpu-memory-utilization',
      'warning open-to-network --host',
      'note no-op --dtype',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#27447',
    text: `vllm serve Qwen/Qwen3-32B \\
    --dtype half \\
    --enable-reasoning \\
    --reasoning-parser qwen3 \\
    --enable-auto-tool-choice \\
    --tool-call-parser hermes \\
    --guided-decoding-backend xgrammar`,
    findings: [
      'error flag-removed --enable-reasoning',
      'error flag-removed --guided-decoding-backend',
      'warning open-to-network --host',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'vllm-project/vllm#13505',
    text: `$ vllm serve Qwen/Qwen2.5-3B-Instruct --guided-decoding-backend xgrammar:no-fallback`,
    findings: [
      'error flag-removed --guided-decoding-backend',
      'warning open-to-network --host',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'QwenLM/Qwen3#16',
    text: `CUDA_VISIBLE_DEVICES=7 python -m vllm.entrypoints.openai.api_server     --model qwen/Qwen1.5-7B-Chat-GPTQ-Int4     --served-model-name qwen/Qwen1.5-7B-Chat-GPTQ-Int4     --quantization gptq`,
    findings: [
      'warning quantization-named --quantization',
      'warning open-to-network --host',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'QwenLM/Qwen3#295',
    text: `python -m vllm.entrypoints.openai.api_server --served-model-name Qwen1.5-7B-Chat --model /models--Qwen--Qwen1.5-7B-Chat --max_model_len 7200`,
    findings: [
      'warning open-to-network --host',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'gpustack/runner#251',
    text: `vllm serve /var/lib/gpustack/cache/huggingface/shawnw3i/Qwen3.6-27B-AWQ-MTP --speculative-config '{"method": "mtp", "num_speculative_tokens": 3}' --disable-access-log-for-endpoints /metrics --enable-prompt-tokens-details --max-model-len=262144 --dtype=auto --tensor-parallel-size=2 --reasoning-parser=qwen3 --gpu-memory-utilization=0.82 --enable-auto-tool-choice --tool-call-parser=qwen3_coder --max-num-batched-tokens=8192 --max-num-seqs=6 -O3 --override-generation-config='{"temperature": 0.6, "top_p": 0.95}'`,
    findings: [
      'warning context-long --max-model-len',
      'warning seqs-low --max-num-seqs',
      'warning open-to-network --host',
      'note no-op --dtype',
      'note utilization-lowered --gpu-memory-utilization',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'QwenLM/Qwen3-VL#1489',
    text: `python -m vllm.entrypoints.openai.api_server \\
  --model Qwen/Qwen3-VL-235B-A22B-Instruct\\
  --served-model-name Qwen/Qwen3-VL-235B-A22B-Instruct \\
  --tensor-parallel-size 8 \\
  --mm-encoder-tp-mode data \\
  --enable-expert-parallel \\
  --host 0.0.0.0 \\
  --port 22002 \\
  --dtype bfloat16 \\
  --gpu-memory-utilization 0.70 \\
  --quantization fp8 \\
  --distributed-executor-backend mp`,
    findings: [
      'warning open-to-network --host',
      'note utilization-lowered --gpu-memory-utilization',
      'note module-entrypoint vllm.entrypoints.openai.api_server',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
  {
    source: 'intel/llm-scaler#703',
    text: `vllm serve Qwen/Qwen3.8-27B --tensor-parallel-size 4 --enable-auto-tool-choice --tool-call-parser qwen3_coder --reasoning-parser qwen3 --mm-encoder-tp-mode data --port 8020 --quantization sym_int4 --dtype float16 --block-size 64 --trust-remote-code --enforce-eager --enable-prefix-caching`,
    findings: [
      'error quantization-unknown --quantization',
      'warning eager --enforce-eager',
      'warning open-to-network --host',
      'warning remote-code --trust-remote-code',
      'note no-op --enable-prefix-caching',
      'note prompt-details-missing --enable-prompt-tokens-details',
      'note request-metrics-missing --enable-per-request-metrics',
    ],
  },
]
