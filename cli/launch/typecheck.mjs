import { findNode, toolFile, withNode } from './find-node.mjs'
import { runChild } from './run-child.mjs'

/** Next writes the types of routes and of imported files first; they are not kept in the repository. */
export async function typecheck() {
  const node = findNode()
  const env = { ...withNode(process.env, node), NEXT_TELEMETRY_DISABLED: '1' }
  for (const args of [
    [toolFile('next'), 'typegen'],
    [toolFile('tsc'), '--noEmit'],
  ]) {
    const code = await runChild({ command: node, args, env })
    if (code !== 0) return code
  }
  return 0
}
