import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { BlockSize } from './block'
import { formatCost, type Round, toCostLines } from './cost-report'
import { type Arm, startArm } from './start-arm'

const STUB = fileURLToPath(new URL('../../e2e/stub/main.ts', import.meta.url))
const SCENARIO = ['--ttft-ms', '20', '--token-delay-ms', '2', '--token-count', '32']
const SIZE: BlockSize = { turns: 8, busyTurns: 5, busyThreads: 8 }
const ROUNDS = 10

/** The scripted engine in a process of its own. */
async function startStub() {
  const args = ['--experimental-strip-types', STUB, '--port', '0', '--json', ...SCENARIO]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const close = async () => {
    child.kill()
    await once(child, 'exit')
  }
  return { engineUrl: `${JSON.parse(line).url}/v1`, close }
}

/** Each arm begins a round as often as the others. */
async function runRound(index: number, arms: Record<keyof Round, Arm>): Promise<Round> {
  const names = ['with', 'without', 'again'] as const
  const order = names.map((_, place) => names[(place + index) % names.length] ?? 'with')
  const measured: Partial<Round> = {}
  for (const name of order) measured[name] = await arms[name].measure(SIZE)
  return measured as Round
}

/**
 * What the debug view's records cost a turn: the server's runs with all that is recorded of them against
 * runs of which nothing is, in rounds that also measure the one without twice. Exit 1 when a turn shows it.
 */
async function main(rounds: number): Promise<number> {
  const { engineUrl, close } = await startStub()
  const arms = {
    with: await startArm({ wiring: 'with', engineUrl }),
    without: await startArm({ wiring: 'without', engineUrl }),
    again: await startArm({ wiring: 'without', engineUrl }),
  }
  const done: Round[] = []
  // The first one warms the processes up and is not counted.
  for (let index = -1; index < rounds; index += 1) {
    const round = await runRound(index + 1, arms)
    if (index >= 0) done.push(round)
  }
  await Promise.all(Object.values(arms).map((arm) => arm.close()))
  await close()
  const lines = toCostLines(done)
  const load = loadavg()[0]?.toFixed(1)
  const turns = SIZE.turns + SIZE.busyTurns * SIZE.busyThreads
  console.log(
    `${rounds} rounds of ${turns} turns an arm; ${availableParallelism()} cores, load ${load}`,
  )
  console.log(formatCost(lines))
  return lines.slice(0, -1).every(({ isWithinNoise }) => isWithinNoise) ? 0 : 1
}

process.exitCode = await main(Number(process.argv[2] ?? ROUNDS))
