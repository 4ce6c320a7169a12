#!/usr/bin/env node
// Stands in for `python3`: what its pip does is said by plan.json beside it, one step a download.
// Anything but pip goes to the real Python.
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const home = dirname(process.argv[1])
const args = process.argv.slice(2)
if (args[0] !== '-m') process.exit(spawnSync('python3', args, { stdio: 'inherit' }).status ?? 1)

const planFile = join(home, 'plan.json')
const plan = JSON.parse(readFileSync(planFile, 'utf8'))
if (args.includes('--version')) process.exit(plan.pip === false ? 1 : 0)

const [step, ...later] = plan.steps
writeFileSync(planFile, JSON.stringify({ ...plan, steps: later, asked: [...(plan.asked ?? []), args] }))
if (step?.stderr !== undefined) {
  process.stderr.write(step.stderr)
  process.exit(1)
}
const target = join(args[args.indexOf('-d') + 1], basename(step.wheel))
copyFileSync(step.wheel, target)
if (step.cutTo !== undefined) truncateSync(target, step.cutTo)
