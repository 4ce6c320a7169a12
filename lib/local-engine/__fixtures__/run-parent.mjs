// A whole app process of its own, so that it can be killed: it starts the engine and says its pid.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    next(/^\.\/[a-z-]+$/.test(specifier) ? `${specifier}.ts` : specifier, context),
})
const { createLocalEngine } = await import('../create-local-engine.ts')
const [dataDir, entryFile] = process.argv.slice(2)
const engine = createLocalEngine({
  dataDir,
  entryFile,
  nodePath: process.execPath,
  log: (line) => console.log(line),
})
await engine.start()
console.log(`engine ${engine.status().pid}`)
