const CODE = `import asyncio
import json
import time
from dataclasses import dataclass, field

import httpx

URL = "http://127.0.0.1:8000/v1/chat/completions"
DONE = "data: [DONE]"


@dataclass
class Timing:
    """Where the time of one answer went, in milliseconds."""

    ttft_ms: float = float("nan")
    gaps_ms: list[float] = field(default_factory=list)

    @property
    def tokens_per_second(self) -> float:
        return 1000 * len(self.gaps_ms) / sum(self.gaps_ms) if self.gaps_ms else float("nan")


async def measure(client: httpx.AsyncClient, model: str, question: str) -> Timing:
    body = {"model": model, "stream": True, "stream_options": {"include_usage": True}, "messages": [{"role": "user", "content": question}]}
    timing = Timing()
    begun = last = time.perf_counter()
    async with client.stream("POST", URL, json=body, timeout=None) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if not line.startswith("data: ") or line == DONE:
                continue
            choices = json.loads(line.removeprefix("data: "))["choices"]
            if not choices or not choices[0]["delta"].get("content"):
                continue
            now = time.perf_counter()
            if timing.ttft_ms != timing.ttft_ms:
                timing.ttft_ms = 1000 * (now - begun)
            else:
                timing.gaps_ms.append(1000 * (now - last))
            last = now
    return timing


async def main() -> None:
    async with httpx.AsyncClient() as client:
        timing = await measure(client, "qwen3-4b", "Hello")
        print(f"first token after {timing.ttft_ms:.0f} ms, then {timing.tokens_per_second:.1f} a second")


asyncio.run(main())`

/** Longer than what is folded, and a line wider than any window. */
export const CODE_ANSWER = `One request, and each token's arrival:

\`\`\`python
${CODE}
\`\`\`

The **first token** is timed from before the connection is made, so its name lookup counts too.`

/** Wider than the column, with words that break nowhere. */
export const TABLE_ANSWER = `Five ways to serve the weights of Qwen3-4B, by what each one costs and gives:

| Weights | Memory | KV cache left on 24 GiB | TTFT at 1,000 tokens | Tokens per second | Needs | Flag |
| --- | ---: | ---: | ---: | ---: | --- | --- |
| bfloat16, as published | 7.64 GiB | 13.1 GiB | 96 ms | 92 | Ampere and newer | \`--dtype bfloat16\` |
| FP8, weights and activations | 4.41 GiB | 16.3 GiB | 71 ms | 131 | Ada, Hopper and newer | \`--quantization fp8\` |
| AWQ, 4 bits | 2.67 GiB | 18.1 GiB | 104 ms | 158 | Turing and newer | \`--quantization awq_marlin\` |
| GPTQ, 4 bits | 2.69 GiB | 18.0 GiB | 104 ms | 155 | Turing and newer | \`--quantization gptq_marlin\` |
| FP8, and the cache too | 4.41 GiB | 16.3 GiB, twice the tokens | 74 ms | 128 | Ada, Hopper and newer | \`--kv-cache-dtype fp8_e4m3\` |

The figures are made up; [how vLLM measures its own](https://docs.example.com/en/latest/serving/benchmarks/how-the-first-token-of-a-quantized-model-is-measured-on-one-card-without-a-queue.html) is at https://docs.example.com/en/latest/serving/benchmarks/how-the-first-token-of-a-quantized-model-is-measured-on-one-card.html.`

/** Maths in a line and by itself, one formula wider than a phone, and what only looks like maths. */
export const MATHS_ANSWER = `Attention weighs the values \\(V\\) by how well each query meets each key:

\\[
\\operatorname{Attention}(Q, K, V) = \\operatorname{softmax}\\left(\\frac{Q K^{\\top}}{\\sqrt{d_k}}\\right) V
\\]

For one query \\(q_t\\) and the \\(t\\) keys before it, written out:

$$
o_t = \\sum_{i=1}^{t} \\frac{\\exp\\left(q_t \\cdot k_i / \\sqrt{d_k}\\right)}{\\sum_{j=1}^{t} \\exp\\left(q_t \\cdot k_j / \\sqrt{d_k}\\right)}\\, v_i \\quad\\text{where}\\quad q_t = W_Q x_t,\\; k_i = W_K x_i,\\; v_i = W_V x_i
$$

- The cost of the prefill grows as \\(\\mathcal{O}(n^2 d)\\), the memory of the cache as \\(\\mathcal{O}(n d)\\).
- With \\(d_k = 128\\) the scale is \\(1 / \\sqrt{128} \\approx 0.0884\\).

A card for $5 or $10 an hour is money, and stays as it is written.`
