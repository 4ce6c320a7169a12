import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { toRequest } from './chat-client.ts'
import { findUnhandled } from './inspect-server.ts'
import { startSystem, until } from './start-system.ts'

const PRELOAD = fileURLToPath(new URL('./preload/plant-errors.cjs', import.meta.url))

it('a rejection and an error that nobody handles: each is told once, the server lives on, and whoever holds the server fails', async () => {
  const system = await startSystem({
    env: { NODE_OPTIONS: `--require ${PRELOAD}`, PLANT_ERRORS: '1', LOG_LEVEL: 'error' },
  })
  expect(findUnhandled(system.app.output())).toEqual([])
  process.kill(system.pid(), 'SIGUSR2')
  const told = () =>
    system.log().filter(({ msg }) => /^(a promise was left|an error was left)/.test(msg))
  await until({ what: 'two errors', read: () => told().length >= 2 || undefined })
  expect(told().map(({ msg, err }) => [msg, (err as Error).message])).toEqual([
    ['a promise was left rejected', 'planted: rejected'],
    ['an error was left uncaught', 'planted: thrown'],
  ])
  expect((await system.client.ask(toRequest())).copy.finish?.status).toBe('complete')
  expect(await system.findViolations()).toMatchObject([/./])
  await expect(system.app.dispose()).rejects.toThrow('planted: thrown')
  await system.stub.close()
})
