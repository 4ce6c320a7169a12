import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runBatchHarness } from './batch-harness.ts'
import { runKillHarness } from './kill-harness.ts'
import { runReloadHarness } from './reload-harness.ts'
import { runRowsHarness } from './rows-harness.ts'
import { runSlowReadersHarness } from './slow-readers-harness.ts'
import { runSoakHarness } from './soak-harness.ts'
import { runStopHarness } from './stop-harness.ts'
import { formatSummary } from './summarize.ts'
import { runThreadHarness } from './thread-harness.ts'

type Verdict = { line: string; isGood: boolean; report: object }

const RESULTS = fileURLToPath(new URL('../../.test-results/harness/', import.meta.url))
const print = (text: string) => process.stdout.write(`${text}\n`)

/** Each says what was promised and what was measured; `count` is how often it is done. */
const HARNESSES: Record<string, { count: number; run: (count: number) => Promise<Verdict> }> = {
  reload: {
    count: 100,
    run: async (reloads) => {
      const report = await runReloadHarness({ reloads })
      return {
        line: `${report.reloads} reloads of ${report.streams} streams (${report.whileWriting} while text came), ${report.characters} characters compared in two tabs: ${report.problems.length} differences`,
        isGood: report.problems.length === 0,
        report,
      }
    },
  },
  stop: {
    count: 1000,
    run: async (stops) => {
      const report = await runStopHarness({ stops })
      const { toClosedMs, toAnswerMs, leaked, problems, moments } = report
      const where = Object.entries(moments).map(([moment, count]) => `${count} ${moment}`)
      return {
        line: `${stops} stops (${where.join(', ')}): to the closed socket ${formatSummary(toClosedMs)} of ${toClosedMs.count}, to the answer ${formatSummary(toAnswerMs)}, ${leaked} leaked, ${problems.length} problems`,
        isGood: leaked === 0 && problems.length === 0 && toClosedMs.p99 <= 100,
        report,
      }
    },
  },
  kill: {
    count: 300,
    run: async (kills) => {
      const onRound = (done: number) => {
        if (done % 25 === 0) print(`  ${done} kills`)
      }
      const report = await runKillHarness({ kills, servers: 3, onRound })
      const { acknowledged, lost, doubled, unopenable, interrupted, lostTextMs, problems } = report
      const points = Object.entries(report.points).map(([point, count]) => `${count} ${point}`)
      return {
        line: `${report.kills} × kill -9 (${points.join(', ')}): ${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled, ${unopenable} unopenable; ${interrupted} cut answers kept as interrupted, text lost ${formatSummary(lostTextMs)}; ${report.retries} retries gave a second answer; ${problems.length} problems`,
        isGood: lost + doubled + unopenable + problems.length === 0 && lostTextMs.max <= 1000,
        report,
      }
    },
  },
  threads: {
    count: 100,
    run: async (kills) => {
      const onRound = (done: number) => {
        if (done % 25 === 0) print(`  ${done} kills`)
      }
      const report = await runThreadHarness({ kills, onRound })
      const { acknowledged, lost, doubled, unopenable, problems, lostAcks, replays } = report
      const acts = Object.entries(report.acts).map(([kind, count]) => `${count} ${kind}`)
      return {
        line: `${report.store}: ${report.kills} × kill -9, ${report.restarts} × Postgres restarted, ${report.fullDisks} × disk full, ${lostAcks} lost acks, under ${acts.join(', ')}: ${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled, ${unopenable} unopenable; ${replays} done again; ${problems.length} problems`,
        isGood: lost + doubled + unopenable + problems.length === 0,
        report,
      }
    },
  },
  batch: {
    count: 20,
    run: async (kills) => {
      const report = await runBatchHarness({ kills })
      const { rows, asked, lost, doubled, maxInFlight, concurrency, problems } = report
      return {
        line: `${report.kills} × kill -9 in a batch of ${rows} rows: ${asked} requests, ${lost} rows lost, ${doubled} doubled, at most ${maxInFlight} of ${concurrency} in flight, ${problems.length} problems`,
        isGood:
          report.kills === kills &&
          lost + doubled + problems.length === 0 &&
          maxInFlight <= concurrency,
        report,
      }
    },
  },
  soak: {
    count: 2000,
    run: async (runs) => {
      const report = await runSoakHarness({ runs, warmUpRuns: runs, isPatient: true })
      const { rssMib, heldMib, handles, unhandledRejections, problems } = report
      return {
        line: `${runs} runs in ${report.seconds} s: RSS ${rssMib.first} → ${rssMib.last} MiB (held after a collection ${heldMib.before} → ${heldMib.after}), handles ${handles.first} → ${handles.last} (at rest ${handles.beforeAll} → ${handles.atRest}), ${unhandledRejections} unhandled rejections, ${problems.length} problems`,
        isGood:
          problems.length + unhandledRejections === 0 &&
          rssMib.last <= rssMib.first * 1.1 &&
          heldMib.after <= heldMib.before + 5 &&
          handles.last <= handles.first + 5,
        report,
      }
    },
  },
  slow: {
    count: 50,
    run: async (slowReaders) => {
      const report = await runSlowReadersHarness({ slowReaders })
      return {
        line: `${slowReaders} readers that do not read ${report.unreadCharacters} characters: RSS ${report.rssGrowthMib} MiB more than without them (${report.peakGrowthMib} before a collection), ${report.letGo} let go and joined again, ${report.others} chats beside them, ${report.problems.length} problems`,
        isGood: report.problems.length === 0 && report.rssGrowthMib <= 50,
        report,
      }
    },
  },
  rows: {
    count: 50_000,
    run: async (rows) => {
      const report = await runRowsHarness({ rows })
      const { wholeMs, sortMs, filterMs, frameMs, liveTasksMs, problems } = report
      return {
        line: `/debug on ${rows} answers: all there after ${wholeMs.toFixed(0)} ms, sorted ${formatSummary(sortMs)}, filtered ${formatSummary(filterMs)}, frames while scrolled ${formatSummary(frameMs)}, ${liveTasksMs.count} long tasks while 5 answers came (${formatSummary(liveTasksMs)}), ${problems.length} problems`,
        isGood:
          problems.length === 0 &&
          wholeMs <= 3000 &&
          Math.max(sortMs.p50, filterMs.p50) <= 300 &&
          frameMs.p50 <= 34,
        report,
      }
    },
  },
}

/** `harness [name [count]]`: one of them or all, with the built server. Exit 1 when a promise is not kept. */
async function main([name, count]: string[]): Promise<number> {
  const names = name === undefined || name === 'all' ? Object.keys(HARNESSES) : [name]
  let isGood = true
  mkdirSync(RESULTS, { recursive: true })
  for (const each of names) {
    const harness = HARNESSES[each]
    if (harness === undefined) {
      print(`There is no harness "${each}". It can be all, ${Object.keys(HARNESSES).join(', ')}.`)
      return 2
    }
    const verdict = await harness.run(count === undefined ? harness.count : Number(count))
    const machine = { cores: availableParallelism(), load: loadavg()[0]?.toFixed(1) }
    print(`${verdict.isGood ? 'kept  ' : 'BROKEN'} ${each}: ${verdict.line} (load ${machine.load})`)
    const { line, report } = verdict
    const result = { line, isGood: verdict.isGood, machine, at: new Date().toISOString(), report }
    writeFileSync(join(RESULTS, `${each}.json`), `${JSON.stringify(result, null, 2)}\n`)
    isGood &&= verdict.isGood
  }
  return isGood ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
