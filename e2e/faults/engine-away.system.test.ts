import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { toRequest } from '../harness/chat-client.ts'
import { type System, type SystemOptions, startSystem, until } from '../harness/start-system.ts'

let open: System[] = []

afterEach(async () => {
  for (const system of open) expect(await system.findViolations()).toEqual([])
  await Promise.all(open.map((system) => system.dispose()))
  open = []
})

async function start(options: SystemOptions): Promise<System> {
  const system = await startSystem(options)
  open.push(system)
  return system
}

/** The server on an address of its own making, in place of the stub's. */
function startOn(address: string): Promise<System> {
  return start({ isShut: true, env: { OPENAI_BASE_URL: address } })
}

function untilPhase(system: System, phase: string) {
  return until({
    what: `the phase ${phase}`,
    read: async () => {
      const { body } = await system.client.readiness()
      return body.phase === phase ? body : undefined
    },
    timeoutMs: 20_000,
  })
}

/** Sends are refused with the phase, and nothing of them is kept. */
async function expectShut(system: System, phase: string): Promise<void> {
  const request = toRequest()
  const { status, error } = await system.client.ask(request)
  expect([status, error?.code, error?.details?.phase]).toEqual([503, 'engine_not_ready', phase])
  expect((await system.client.thread(request.threadId)).status).toBe(404)
}

/** A phase is told once, however often it is looked at. */
function expectToldOnce(system: System, phase: string): void {
  const lines = system
    .log()
    .filter((line) => line.msg === 'the engine changed its phase' && line.phase === phase)
  expect(lines).toHaveLength(1)
}

it('F1 engine not started: unreachable, named by its host, refused, and told once and not by each look', async () => {
  const system = await start({})
  const { control } = system.stub
  await control.act({ action: 'stop' })
  const { details } = await untilPhase(system, 'unreachable')
  expect(details.host).toBe(`127.0.0.1:${system.stub.port}`)
  await expectShut(system, 'unreachable')
  await new Promise((resolve) => setTimeout(resolve, 3000))
  expectToldOnce(system, 'unreachable')
  await control.act({ action: 'restart' })
  await system.app.untilReady()
})

it('F2 port open and 503, or no answer: loading, one look at a time, and it opens by itself', async () => {
  const system = await start({
    isShut: true,
    scenario: { loadingMs: 60_000, loadingMode: '503', startLog: 'none' },
  })
  const { control } = system.stub
  await untilPhase(system, 'loading')
  await expectShut(system, 'loading')
  const countLooks = () => control.requests({ path: '/health' }).length
  const before = countLooks()
  const startedMs = performance.now()
  await until({ what: 'three looks', read: () => countLooks() >= before + 3 || undefined })
  expect(performance.now() - startedMs).toBeGreaterThan(1500)
  await control.act({ action: 'finish-loading' })
  await system.app.untilReady()
  control.patch({ healthMode: 'hang' })
  await untilPhase(system, 'timeout')
  await expectShut(system, 'timeout')
  control.patch({ healthMode: 'ok' })
  await system.app.untilReady()
})

it('F3 a name that does not resolve and a handshake that fails: two phases, two sentences', async () => {
  const name = await startOn('http://no-such-engine.invalid:8000/v1')
  await untilPhase(name, 'name-not-found')
  await expectShut(name, 'name-not-found')
  const plain = createServer((socket) => {
    socket.on('error', () => {})
    socket.end('this is no TLS\r\n')
  }).listen(0, '127.0.0.1')
  await once(plain, 'listening')
  const address = plain.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const tls = await startOn(`https://127.0.0.1:${port}/v1`)
  await untilPhase(tls, 'tls-failed')
  await expectShut(tls, 'tls-failed')
  plain.close()
  expectToldOnce(name, 'name-not-found')
  expectToldOnce(tls, 'tls-failed')
})

it('F4 another model than the wanted one: says what is served and what was wanted, and opens when it is there', async () => {
  const system = await start({
    isShut: true,
    env: { MODEL: 'wanted/model' },
    scenario: { modelId: 'served/model' },
  })
  const { details } = await untilPhase(system, 'wrong-model')
  expect(details).toMatchObject({ wanted: 'wanted/model', served: 'served/model' })
  await expectShut(system, 'wrong-model')
  system.stub.control.patch({ modelId: 'wanted/model' })
  await system.app.untilReady()
})

it('F6 a busy engine that is slow to say that it lives: stays ready through two misses, and shows its queue', async () => {
  const system = await start({ scenario: { maxNumSeqs: 1, tokenDelayMs: 30, tokenCount: 600 } })
  const { control } = system.stub
  const requests = Array.from({ length: 3 }, () => toRequest())
  const asking = requests.map((request) => system.client.ask(request))
  const { load } = await untilPhase(system, 'saturated')
  expect(load).toMatchObject({ runningRequests: 1, waitingRequests: 2 })
  control.patch({ healthMode: 'hang' })
  const seen = new Set<string>()
  const missed = () =>
    control.requests({ path: '/health', state: 'ended' }).filter((one) => one.closedBy === 'client')
  await until({
    what: 'two looks that were not answered',
    timeoutMs: 20_000,
    everyMs: 100,
    read: async () => {
      seen.add((await system.client.readiness()).body.phase)
      return missed().length >= 2 || undefined
    },
  })
  control.patch({ healthMode: 'ok' })
  const before = control.requests({ path: '/metrics' }).length
  await until({
    what: 'a look that was answered',
    read: async () => {
      seen.add((await system.client.readiness()).body.phase)
      return control.requests({ path: '/metrics' }).length > before || undefined
    },
  })
  expect([...seen]).toEqual(['saturated'])
  await Promise.all(requests.map(({ runId }) => system.client.stop(runId)))
  await Promise.all(asking)
})
