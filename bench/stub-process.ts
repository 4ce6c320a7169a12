import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Status } from '../e2e/stub/control.ts'
import type { RecordedRequest } from '../e2e/stub/recorder.ts'
import type { ScenarioPatch } from '../e2e/stub/scenario.ts'

const STOP_MS = 3000
const MAIN = fileURLToPath(new URL('../e2e/stub/main.ts', import.meta.url))

export type StubProcess = {
  /** Without `/v1`. */
  url: string
  patch: (patch: ScenarioPatch) => Promise<void>
  /** Scenario of the start, no records, an empty cache. */
  reset: () => Promise<void>
  /** Chat completions unless another path is named. */
  requests: (path?: string) => Promise<RecordedRequest[]>
  status: () => Promise<Status>
  stop: () => Promise<void>
}

/** The scripted engine in a process of its own, on 127.0.0.1. */
export async function startStubProcess(scenario: ScenarioPatch): Promise<StubProcess> {
  const child = spawn(
    process.execPath,
    ['--experimental-strip-types', MAIN, '--port=0', '--control-port=0', '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  process.once('exit', () => child.kill())
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`The scripted engine ended with ${code} as it started.`)
    }),
  ])
  const { url, controlUrl }: { url: string; controlUrl: string } = JSON.parse(line)

  async function call<Value>(method: string, path: string, body?: unknown): Promise<Value> {
    const response = await fetch(`${controlUrl}/__control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const value = await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`)
    return value
  }

  await call('PATCH', '/scenario', scenario)
  return {
    url,
    patch: async (patch) => void (await call('PATCH', '/scenario', patch)),
    async reset() {
      await call('POST', '/reset')
      await call('PATCH', '/scenario', scenario)
    },
    requests: (path = '/v1/chat/completions') =>
      call('GET', `/requests?path=${encodeURIComponent(path)}`),
    status: () => call('GET', '/gauges'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      child.kill('SIGTERM')
      await once(child, 'exit')
      clearTimeout(timer)
    },
  }
}
