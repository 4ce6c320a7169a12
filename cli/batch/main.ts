import { runCommand } from './run-command'

const stop = new AbortController()
let signals = 0
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    signals += 1
    stop.abort()
    // Who asks a third time does not want to wait for what is being written.
    if (signals > 2) process.exit(130)
  })
}

process.exitCode = await runCommand({
  argv: process.argv.slice(2),
  terminal: {
    print: (text) => void process.stdout.write(text),
    tell: (text) => void process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true,
    stdin: process.stdin,
    env: process.env,
    signal: stop.signal,
  },
})
