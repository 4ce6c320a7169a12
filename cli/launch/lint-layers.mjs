import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findNode, toolFile, withNode } from './find-node.mjs'
import { ROOT } from './root.mjs'
import { runChild } from './run-child.mjs'

const FOLDERS = ['app', 'components', 'lib', 'bench', 'cli', 'e2e', 'local-engine']

/** Where its parser finds no TypeScript it can read, dependency-cruiser sees hardly a module and reports success. */
const LEAST_MODULES = 30

/** Exit code of dependency-cruiser over the whole tree, 1 as well when it saw too little of it. */
export async function lintLayers() {
  const node = findNode()
  const env = withNode(process.env, node)
  mkdirSync(join(ROOT, '.test-results'), { recursive: true })
  const report = join(ROOT, '.test-results', 'layers.json')
  rmSync(report, { force: true })
  const folders = FOLDERS.filter((folder) => existsSync(join(ROOT, folder)))
  const out = ['--output-type', 'json', '--output-to', report]
  await runChild({ command: node, args: [toolFile('depcruise'), ...out, ...folders], env })
  const { summary } = JSON.parse(readFileSync(report, 'utf8'))
  for (const { rule, from, to } of summary.violations) {
    console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`)
  }
  const { error, totalCruised } = summary
  console.log(`${totalCruised} modules, ${error} layer errors`)
  if (totalCruised >= LEAST_MODULES) return error === 0 ? 0 : 1
  console.error(
    `Only ${totalCruised} modules were seen, ${LEAST_MODULES} at least are there: TypeScript is not being parsed.`,
  )
  return 1
}
