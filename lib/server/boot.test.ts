import { EventEmitter } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { ask, collect, finishOf } from '@/lib/chat/__fixtures__/chat-setup'
import { text } from '@/lib/chat/__fixtures__/scripted-engine'
import { EnvError } from '@/lib/config/env'
import { DataDirLockedError } from '@/lib/db/lock-data-dir'
import { AppError } from '@/lib/domain/error'
import type { Services } from '@/lib/services'
import { setUpRoutes } from './__fixtures__/route-setup'
import { type BootProcess, boot } from './boot'
import { setServices } from './services'

afterEach(() => setServices(undefined))

/** A process whose end is an event. */
function createProcess() {
  const events = new EventEmitter()
  const errors: string[] = []
  const { promise: exited, resolve } = Promise.withResolvers<unknown>()
  const target = Object.assign(events, {
    exit: resolve,
    stderr: { write: (line: string) => errors.push(line) },
  }) as unknown as BootProcess
  return { target, events, errors, exited }
}

it.each([
  [new EnvError('PORT: must be a number'), 2, /^First Token: PORT: must be a number\n$/],
  [new DataDirLockedError('/data', 4711), 3, /4711/],
  [
    new AppError('storage_failed', {
      details: { file: '/x.sqlite' },
      cause: new Error('read-only'),
    }),
    1,
    /\/x\.sqlite cannot be opened: read-only/,
  ],
])('ends with one clear message and its own exit code: %s', async (error, code, message) => {
  const { target, errors, exited } = createProcess()
  const holder = globalThis as unknown as Record<symbol, Promise<Services>>
  holder[Symbol.for('first-token.services')] = Promise.reject(error)
  await boot(target)
  expect(await exited).toBe(code)
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatch(message)
})

it.each(['SIGTERM', 'SIGINT'])(
  'on %s stores what runs as interrupted, closes all, and exits 0 once',
  async (signal) => {
    const setup = await setUpRoutes()
    const { target, events, exited } = createProcess()
    events.on(signal, () => {
      throw new Error('the listener of the framework')
    })
    let closedWith: unknown
    const { close } = setup.services
    setup.services.close = async (limits) => {
      closedWith = limits
      await close({ graceMs: 0 })
    }
    await boot(target)
    await setup.chat.runs.start(ask())
    ;(await setup.chat.scripted.nextPlay()).push(text('half'))
    const reading = collect(setup.chat.runs)
    events.emit(signal)
    events.emit(signal)
    expect(await exited).toBe(0)
    expect(closedWith).toEqual({ graceMs: 5000 })
    expect(finishOf(await reading)).toMatchObject({
      status: 'interrupted',
      error: { code: 'server_stopping' },
    })
  },
)

it('exits 1 when it cannot be closed in order', async () => {
  const setup = await setUpRoutes()
  const { target, events, exited } = createProcess()
  const { close } = setup.services
  setup.services.close = async () => {
    throw new Error('disk gone')
  }
  await boot(target)
  events.emit('SIGTERM')
  expect(await exited).toBe(1)
  await close({ graceMs: 0 })
})

it('logs and counts what nobody handled', async () => {
  const setup = await setUpRoutes()
  const { target, events } = createProcess()
  await boot(target)
  events.emit('unhandledRejection', new Error('a'))
  events.emit('unhandledRejection', new Error('b'))
  events.emit('uncaughtExceptionMonitor', new Error('c'))
  expect(
    setup.logged.filter(({ level }) => level === 'error').map(({ fields }) => fields),
  ).toMatchObject([{ unhandledRejections: 1 }, { unhandledRejections: 2 }, { uncaughtErrors: 1 }])
  await setup.end()
})
