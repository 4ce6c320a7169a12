// Loaded into a server by NODE_OPTIONS=--require, by the soak harness alone: at SIGUSR2 it collects
// all garbage and writes what is then held and resident to HEAP_FILE, in bytes.
const { renameSync, writeFileSync } = require('node:fs')
const { setFlagsFromString } = require('node:v8')
const { runInNewContext } = require('node:vm')

const file = process.env.HEAP_FILE

if (file !== undefined) {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc')
  process.on('SIGUSR2', () => {
    // Twice: what a finalizer of the first round lets go is garbage in the second.
    collectGarbage()
    collectGarbage()
    const { heapUsed, external, rss } = process.memoryUsage()
    const memory = { heldBytes: heapUsed + external, rssBytes: rss }
    writeFileSync(`${file}.new`, JSON.stringify(memory))
    renameSync(`${file}.new`, file)
  })
}
