import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChangeLog } from '@/lib/db/change-log.ts'
import { connect } from '@/lib/db/connect.ts'
import { createStore, type Store } from '@/lib/db/create-store.ts'
import { createThreadKeeper, type ThreadKeeper } from '@/lib/db/create-thread-keeper.ts'
import { createPostgresDatabase } from '../../e2e/create-postgres-database.ts'
import { percentile } from '../../lib/timing/percentile.ts'
import type { BenchOptions } from '../parse-arguments.ts'
import type { Report, Row } from '../report.ts'
import { toSpread } from '../spread.ts'
import { buildThreads } from './build-threads.ts'

const THREADS = 10_000
const QUICK_THREADS = 500
const MESSAGES = 10
const LONG_THREAD = 10_000
const BATCH = 500
const SEARCH_BUDGET_MS = 100

/** What people type, from nearly everywhere to nowhere. */
const QUERIES = {
  'one letter': ['e', 't', 'h'],
  'the beginning of a word': ['e1', 'ta', 'od3'],
  'a frequent word': ['t1', 'a2', 'o3'],
  'a rare word': ['e9zk', 'o5g4', 'h2ql'],
  'two words': ['t1 a2', 'e1 rare', 'o3 h2'],
  'one character': ['的', '令', '队'],
  'two characters': ['令牌', '缓存', '队列'],
  'four characters': ['首令牌缓', '模型推理', '的一是不'],
  'what is nowhere': ['zzzzzz', '龘龘', 'qqq 令牌'],
} as const

type Place = { store: Store; keeper: ThreadKeeper; longId: string }

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

async function seed({ keeper, threads }: { keeper: ThreadKeeper; threads: number }) {
  for (let at = 0; at < threads; at += BATCH) {
    const count = Math.min(BATCH, threads - at)
    await keeper.importThreads(buildThreads({ count, messages: MESSAGES, seed: at }))
  }
  const [long] = buildThreads({ count: 1, messages: LONG_THREAD, seed: 7 })
  if (long === undefined) throw new Error('The long thread could not be built.')
  await keeper.importThreads([long])
  await keeper.indexWritten()
  return long.id
}

/** The p95 of each round: every query of the kind, so many times. */
async function benchQueries(options: {
  place: Place
  rounds: number
  kind: keyof typeof QUERIES
}): Promise<Row> {
  const { place, rounds, kind } = options
  const p95s: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const times: number[] = []
    for (let again = 0; again < 7; again += 1) {
      for (const query of QUERIES[kind]) {
        times.push(await timeMs(() => place.keeper.searchThreads({ query, limit: 20 })))
      }
    }
    p95s.push(percentile(times, 0.95) ?? Number.NaN)
  }
  const measured = toSpread(p95s)
  return { what: `search for ${kind}, p95`, unit: 'ms', budget: SEARCH_BUDGET_MS, measured }
}

async function benchReads({ place, rounds }: { place: Place; rounds: number }): Promise<Row[]> {
  const { keeper, store, longId } = place
  const reads: Record<string, () => Promise<unknown>> = {
    'the first page of the list': () => keeper.listThreads({ limit: 50, isArchived: false }),
    'a page from the middle of the list': () =>
      keeper.listThreads({ limit: 50, isArchived: false, before: '0.1700300000000.x' }),
    'the last 50 of 10,000 messages': () => store.loadThreadPage({ threadId: longId, limit: 50 }),
    'all of 10,000 messages': () => store.loadThread(longId),
  }
  const rows: Row[] = []
  for (const [what, read] of Object.entries(reads)) {
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) times.push(await timeMs(read))
    rows.push({ what, unit: 'ms', measured: toSpread(times) })
  }
  return rows
}

/** The store alone, in this process: what a search and a list cost at 10,000 threads. */
export async function runStoreBench(options: BenchOptions): Promise<Report> {
  const { rounds, isQuick, log } = options
  const folder = await mkdtemp(join(tmpdir(), 'first-token-bench-'))
  const postgres = await createPostgresDatabase()
  const db = await connect(postgres?.url ?? join(folder, 'bench.sqlite'))
  const store = createStore({ db })
  const keeper = createThreadKeeper({ db, changes: createChangeLog() })
  const threads = isQuick ? QUICK_THREADS : THREADS
  try {
    log(`filling ${threads} threads`)
    const place = { store, keeper, longId: await seed({ keeper, threads }) }
    const rows: Row[] = []
    for (const kind of Object.keys(QUERIES) as (keyof typeof QUERIES)[]) {
      log(kind)
      rows.push(await benchQueries({ place, rounds, kind }))
    }
    const kind = postgres === undefined ? 'SQLite' : 'Postgres'
    return {
      title: `Store: ${kind}, ${threads} threads of ${MESSAGES} messages and one of ${LONG_THREAD}`,
      rows: [...rows, ...(await benchReads({ place, rounds }))],
      claims: [],
      notes: ['Each figure of a search is the p95 of 21 searches, once a round; 20 hits at most.'],
    }
  } finally {
    await store.close()
    await postgres?.drop()
    await rm(folder, { recursive: true, force: true })
  }
}
