export type AnswerKind = 'greeting' | 'table' | 'code' | 'list' | 'maths' | 'long' | 'other'
export type AnswerTexts = Record<AnswerKind, string>
