import { setTimeout as sleep } from 'node:timers/promises'
import type { Setting } from '../setting.ts'
import type { OpenStream, Target } from '../stream-client.ts'

export type Cpu = {
  /** While all streams run; starting and ending them is not in it. */
  microsecondsPerToken: number
  /** The same over the whole block, starts and ends included. */
  wholePerToken: number
}

const SETTLED_TOKENS = 10
const LOOK_MS = 20

/** What the server's process spends on a token while so many streams run at once. */
export async function measureCpu(options: {
  setting: Setting
  target: Target
  streams: number
  tokens: number
}): Promise<Cpu> {
  const { setting, target, tokens } = options
  const atStart = await setting.readUsage()
  const open = Array.from({ length: options.streams }, (_, index) =>
    setting.client.open({ target, question: `Question ${index}` }),
  )
  const ended = Promise.all(open.map((stream) => stream.ended))
  await untilEach({ open, ended, tokens: SETTLED_TOKENS })
  const before = { ...(await setting.readUsage()), tokens: countTokens(open) }
  await untilSome({ open, ended, tokens: tokens - SETTLED_TOKENS })
  const after = { ...(await setting.readUsage()), tokens: countTokens(open) }
  await ended
  const atEnd = await setting.readUsage()
  return {
    microsecondsPerToken:
      (after.cpuMicroseconds - before.cpuMicroseconds) / (after.tokens - before.tokens),
    wholePerToken: (atEnd.cpuMicroseconds - atStart.cpuMicroseconds) / countTokens(open),
  }
}

type Waiting = { open: readonly OpenStream[]; ended: Promise<unknown>; tokens: number }

async function untilEach({ open, ended, tokens }: Waiting): Promise<void> {
  const isIt = () => open.every(({ reader }) => reader.delaysMs().length >= tokens)
  await until({ isIt, ended })
}

async function untilSome({ open, ended, tokens }: Waiting): Promise<void> {
  const isIt = () => open.some(({ reader }) => reader.delaysMs().length >= tokens)
  await until({ isIt, ended })
}

async function until(options: { isIt: () => boolean; ended: Promise<unknown> }): Promise<void> {
  let isOver = false
  options.ended.then(
    () => {
      isOver = true
    },
    () => {
      isOver = true
    },
  )
  while (!options.isIt() && !isOver) await sleep(LOOK_MS)
  if (isOver) await options.ended
}

function countTokens(open: readonly OpenStream[]): number {
  return open.reduce((sum, { reader }) => sum + reader.delaysMs().length, 0)
}
