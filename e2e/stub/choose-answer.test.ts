import { describe, expect, it } from 'vitest'
import { chooseAnswer } from './choose-answer.ts'

describe('the answer to a question', () => {
  it.each([
    ['Compare the parts in a table', /^\| Part/m],
    ['写一个表格', /^\| 部分/m],
    ['Show me some code', /^```ts$/m],
    ['给我一段代码', /^```python$/m],
    ['Give me a checklist', /^1\. \*\*Is it waiting/m],
    ['列出步骤', /^1\. \*\*是不是在排队/m],
    ['A bit of maths, please', /^\$\$$/m],
    ['来点数学', /^\$\$$/m],
    ['Tell me a long story', /^## 6\. The way back$/m],
    ['写一篇长文', /^## 六、返回$/m],
    ['Hello', /^Hello!/],
    ['你好', /^你好！/],
    ['Why is the sky blue?', /scripted/],
    ['天为什么是蓝的？', /按脚本/],
  ])('to %j fits', (question, pattern) => {
    expect(chooseAnswer(question)).toMatch(pattern)
    expect(chooseAnswer(question)).toBe(chooseAnswer(question))
  })

  it.each([
    ['echo  <b>a</b>\n b ', '<b>a</b>\n b '],
    ['Echo: a table of code', 'a table of code'],
    ['复述：你好', '你好'],
  ])('to %j gives the text back as it is', (question, answer) => {
    expect(chooseAnswer(question)).toBe(answer)
  })
})
