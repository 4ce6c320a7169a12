import type { Random } from './create-random.ts'

const WORDS = [
  ...['the', 'first token', 'waits', 'for', 'prefill', 'KV cache', '`code`', '"quoted"', '\\u0041'],
  ...[
    'größer',
    'naïve',
    '你好',
    '世界',
    'こんにちは',
    'Привет',
    'שלום',
    '👍🏽',
    '👨‍👩‍👧',
    '𝒳',
    '🇨🇭',
  ],
  ...['\n\n', '\n- ', '\t', '```\n', 'data: [DONE]', '\u2028', '\u200d', '{"error":', '</script>'],
]

/** Text with all that a stream could garble: several bytes a character, pairs, newlines, its own wire. */
export function randomText(options: { random: Random; words: number }): string {
  const { random, words } = options
  return Array.from({ length: words }, () => random.pick(WORDS)).join(' ')
}
