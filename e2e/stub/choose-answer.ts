import type { AnswerKind } from './answer-texts.ts'
import { ANSWERS_EN } from './answers-en.ts'
import { ANSWERS_ZH } from './answers-zh.ts'

const ECHO = /^\s*(?:echo|repeat after me|复述)[\s:：]+/i
const HAN = /\p{Script=Han}/u

// The first that fits wins.
const SIGNS: readonly (readonly [AnswerKind, RegExp])[] = [
  ['table', /\btable\b|\bcompare\b|表格|对比|比较/i],
  ['code', /\bcode\b|\bfunction\b|\bscript\b|\bprogram\b|代码|函数|程序/i],
  ['maths', /\bmaths?\b|\bformula\b|\bequation\b|\bcalculate\b|数学|公式|计算/i],
  ['long', /\blong\b|\bstory\b|\bessay\b|\bexplain\b|\bin detail\b|长文|故事|详细|解释/i],
  ['list', /\blist\b|\bsteps\b|\btips\b|\bchecklist\b|列表|清单|步骤|列出/i],
  ['greeting', /^\s*(?:hi|hello|hey)\b|你好|您好/i],
]

/** Always the same answer to the same question, in the question's language; `echo …` gives it back. */
export function chooseAnswer(question: string): string {
  const echo = ECHO.exec(question)
  if (echo !== null) return question.slice(echo[0].length)
  const kind = SIGNS.find(([, sign]) => sign.test(question))?.[0] ?? 'other'
  return (HAN.test(question) ? ANSWERS_ZH : ANSWERS_EN)[kind]
}
