import { tokenizeText } from '../../e2e/stub/tokenizer.ts'

/** What every answer of the page bench ends with, so that its end can be seen. */
export const ENDING = 'That was all.'

const SECTIONS = [
  (n: number) =>
    `## Part ${n}: what the scheduler does\n\nThe engine keeps a **queue** of requests and fills each step with as many tokens as its budget allows. A long prompt is read in *chunks*, so that those who are already writing are not held up; \`max_num_batched_tokens\` says how many fit.\n`,
  (n: number) =>
    `1. First the cache is asked for blocks that were seen before (step ${n}).\n2. What is missing is computed, ${n * 16} tokens at a time.\n3. Then one token for each request that runs is sampled and sent.\n\n- It goes out at once.\n- Nothing waits for the batch to end.\n`,
  (n: number) =>
    `\`\`\`python\ndef step(requests, budget=${n * 512}):\n    # running requests first, then the queue\n    for request in requests:\n        take = min(budget, request.missing_tokens)\n        budget -= take\n        yield request.run(take)\n\`\`\`\n`,
  (n: number) =>
    `| request | prompt | cached | first token |\n|---|---|---|---|\n| ${n} | ${n * 128} | ${n * 96} | ${n * 3} ms |\n| ${n + 1} | ${n * 256} | 0 | ${n * 41} ms |\n`,
  (n: number) =>
    `The price of a token is the reading of all weights once, whatever the size of the batch; that is why ${n} requests together take hardly longer than one. See https://docs.vllm.ai/en/latest/ for the figures of your own card.\n`,
]

/** Markdown of at least so many tokens, with headings, lists, code and tables: an answer as models write them. */
export function buildAnswerText(tokens: number): string {
  const parts: string[] = []
  for (let n = 1, count = 0; count < tokens - tokenizeText(ENDING).length; n += 1) {
    const part = SECTIONS[n % SECTIONS.length]?.(n) ?? ''
    count += tokenizeText(`${part}\n`).length
    parts.push(part)
  }
  return `${parts.join('\n')}\n${ENDING}`
}
