#!/usr/bin/env node
// Runs on plain Node 20.9 with nothing installed: node builtins and ./launch only.
import { COMMANDS } from './launch/commands.mjs'
import { LaunchError } from './launch/launch-error.mjs'
import { stopOnSignals } from './launch/run-child.mjs'

const [name = 'start', ...given] = process.argv.slice(2)
// npm takes the first "--" away; who runs this file without npm may write it all the same.
const args = given[0] === '--' ? given.slice(1) : given
stopOnSignals()

try {
  const command = COMMANDS[name]
  if (command === undefined) {
    throw new LaunchError(
      `There is no command "${name}". It can be ${Object.keys(COMMANDS).join(', ')}.`,
    )
  }
  process.exitCode = await command(args)
} catch (error) {
  if (!(error instanceof LaunchError)) throw error
  console.error(`First Token: ${error.message}`)
  process.exitCode = 1
}
