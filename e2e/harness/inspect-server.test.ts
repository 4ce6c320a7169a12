import { expect, it } from 'vitest'
import { findUnhandled } from './inspect-server.ts'

it.each([
  ['{"level":"error","unhandledRejections":1,"msg":"a promise was left rejected"}', 1],
  ['{"level":"error","uncaughtErrors":1,"msg":"an error was left uncaught"}', 1],
  [' ⨯ unhandledRejection:  Error: out of luck', 1],
  [' ⨯ uncaughtException:  Error: out of luck', 1],
  ['[UnhandledPromiseRejection: This error originated in …]', 0],
  ['Uncaught Exception: x\n{"msg":"a reply ended"}\nUnhandled Rejection: y', 2],
  ['{"msg":"a reply met an error","code":"engine_failed"}', 0],
])('finds what nobody handled in %j', (output, count) => {
  expect(findUnhandled(output)).toHaveLength(count)
})
