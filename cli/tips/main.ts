import { runTipsCommand } from './run-tips-command'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stopping.abort())
}

process.exitCode = await runTipsCommand({
  argv: process.argv.slice(2),
  source: process.env,
  output: {
    print: (line) => console.log(line),
    tell: (line) => console.error(line),
    signal: stopping.signal,
  },
})
