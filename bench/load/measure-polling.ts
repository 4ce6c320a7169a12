import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../../lib/timing/percentile.ts'
import { nowMs } from '../monotonic.ts'
import type { Setting } from '../setting.ts'
import { type Load, measureLoad } from './measure-load.ts'

export type Polling = {
  polls: number
  failed: number
  p50Ms: number
  p99Ms: number
  /** What the app asked the engine meanwhile besides the answers, a second. */
  probesPerSecond: number
  /** Of the streams that run meanwhile. */
  readers: Load
}

/** So many tabs ask for the readiness at their pace, each over a connection of its own. */
export async function measurePolling(options: {
  setting: Setting
  tabs: number
  intervalMs: number
  readers: number
}): Promise<Polling> {
  const { setting, tabs, intervalMs } = options
  const agent = new Agent({ keepAlive: true, maxSockets: tabs })
  const stop = new AbortController()
  const delaysMs: number[] = []
  let failed = 0
  await setting.stub.reset()
  const polling = Array.from({ length: tabs }, async (_, index) => {
    await sleep((intervalMs * index) / tabs)
    while (!stop.signal.aborted) {
      const startedAtMs = nowMs()
      const isFine = await poll({ url: `${setting.app.url}/api/readiness`, agent })
      if (isFine) delaysMs.push(nowMs() - startedAtMs)
      else failed += 1
      await sleep(Math.max(0, startedAtMs + intervalMs - nowMs()))
    }
  })
  await sleep(intervalMs)
  const startedAtMs = nowMs()
  const probesBefore = await countProbes(setting)
  const readers = await measureLoad({
    setting,
    target: setting.targets.app,
    streams: options.readers,
    openingMs: 500,
  })
  const probes = (await countProbes(setting)) - probesBefore
  const seconds = (nowMs() - startedAtMs) / 1000
  stop.abort()
  await Promise.all(polling)
  agent.destroy()
  return {
    polls: delaysMs.length,
    failed,
    p50Ms: percentile(delaysMs, 0.5) ?? Number.NaN,
    p99Ms: percentile(delaysMs, 0.99) ?? Number.NaN,
    probesPerSecond: probes / seconds,
    readers,
  }
}

async function countProbes(setting: Setting): Promise<number> {
  const paths = ['/health', '/v1/models', '/metrics', '/version']
  const counts = await Promise.all(paths.map((path) => setting.stub.requests(path)))
  return counts.reduce((sum, count) => sum + count.length, 0)
}

function poll(options: { url: string; agent: Agent }): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(options.url, { agent: options.agent }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode === 200))
      response.once('error', () => resolve(false))
    })
    call.once('error', () => resolve(false))
    call.end()
  })
}
