import type { AnswerTexts } from './answer-texts.ts'

export const ANSWERS_EN: AnswerTexts = {
  greeting: `Hello! I am a script that speaks vLLM's wire, so my words are fixed, but the queue, the prefill and the gaps between tokens are timed like a real engine's.

Ask me for a **table**, some **code**, a **list**, a bit of **maths** or a **long** answer, or say \`echo\` and a text.`,

  table: `Here are the parts of the time to first token:

| Part | From → to | Typical | What moves it |
| --- | --- | ---: | --- |
| Queue | arrival → scheduled | 0–400 ms | \`--max-num-seqs\`, other requests |
| Prefill | scheduled → first token | 20–900 ms | prompt length, prefix cache |
| Overhead | request accepted → sent | 1–3 ms | the server in front |
| Network | engine → page | 1–30 ms | distance, proxies that buffer |

The **prefill** is the part you can shorten most: tokens that are already in the prefix cache are not computed again.`,

  code: `This reads a stream of server-sent events and yields each piece of text as it arrives:

\`\`\`ts
export async function* readDeltas(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes, { stream: true })
    const events = rest.split('\\n\\n')
    rest = events.pop() ?? ''
    for (const event of events) {
      const data = event.replace(/^data: /, '')
      if (data === '[DONE]') return
      yield JSON.parse(data).choices[0]?.delta?.content ?? ''
    }
  }
}
\`\`\`

Two details matter:

1. The decoder is told \`stream: true\`, so a letter cut in two by the network is put together again.
2. An event may arrive in pieces, so what follows the last blank line is kept for the next read.`,

  list: `Five things to check when the first token is slow:

1. **Is it waiting?** Look at \`vllm:num_requests_waiting\`. Above zero, requests queue for a place.
2. **Is the prompt long?** Prefill grows with the tokens that are not cached.
3. **Is the prefix stable?** One changed word at the start empties the cache for all that follows.
4. **Is a proxy buffering?** Then every token arrives at once, at the end.
5. **Is it the first request?** Kernels are compiled and caches are cold after a start:
   - send one short request to warm up
   - keep the system prompt the same, byte for byte`,

  maths: `The KV cache of one token takes

$$
2 \\cdot n_{\\text{layers}} \\cdot n_{\\text{kv heads}} \\cdot d_{\\text{head}} \\cdot \\text{bytes}
$$

For Qwen3-4B that is \\(2 \\cdot 36 \\cdot 8 \\cdot 128 \\cdot 2 = 147{,}456\\) bytes, or 144 KiB. So 12.5 GiB hold

$$
\\frac{12.5 \\cdot 2^{30}}{147{,}456} \\approx 91{,}022 \\text{ tokens},
$$

which is about **11 chats** of 8,192 tokens each.`,

  long: `# What happens to a question

A question passes through six stations before its first word comes back, and each of them takes time that can be measured.

## 1. Acceptance

The server accepts the request, checks it, and writes the question down before anything else. Nothing that was acknowledged may be lost, so the write comes first and the model second. On a quiet machine this takes one or two milliseconds.

## 2. Tokenizing

The chat template turns the conversation into one text, and the tokenizer cuts that text into tokens. A thousand words are about 1,300 tokens in English, and rather more in a language with longer words. It is work for the CPU, not for the GPU, and it grows with the length of the whole history.

## 3. The queue

The scheduler runs a limited number of sequences at once. When every place is taken, the request waits in order of arrival. This wait is invisible to the one who asks, and it is the first thing to look at when the time to first token jumps from a fifth of a second to five.

## 4. Prefill

Now the model reads. All the tokens of the prompt go through every layer at once, and the keys and values they leave behind are kept in blocks. Blocks that are already in the cache, because an earlier prompt began with the same tokens, are not computed again. This is why the beginning of a prompt should never change: a date in the first line costs the whole prefix.

## 5. Decode

From here on there is one token a step. Each step reads all the weights, so its time depends on the memory's bandwidth more than on arithmetic, and other sequences in the batch ride along almost for free:

| Sequences | Tokens per second, each | Tokens per second, all |
| ---: | ---: | ---: |
| 1 | 92 | 92 |
| 8 | 81 | 648 |
| 32 | 58 | 1,856 |

## 6. The way back

Each token leaves as an event of its own. If anything between the engine and the page gathers output before it passes it on, a smooth stream turns into one late block, and the reader waits for the last word to see the first.

> Measure each station by itself. A single number says that it is slow; six numbers say where.

So when someone reports that *the model is slow*, ask which of the six it was. The answer is usually not the one they expect.`,

  other: `That is a question a real model would think about. This engine is **scripted**: it answers the same words to the same question, so that what you see of timing and streaming can be repeated.

What is real here:

- the wire: the events, the errors and the metrics are those of vLLM
- the **prefix cache**: blocks of this conversation are found again in the next turn
- the *queue*: requests wait for a place, in order

Ask for a \`table\`, \`code\`, a \`list\`, \`maths\` or something \`long\` to see more of how answers look.`,
}
