// Stands in for local-engine/main.ts: each start takes the next step of the plan beside its data.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const value = (name) => process.argv[process.argv.indexOf(name) + 1]
const planFile = join(value('--data-dir'), 'plan.json')
const [step = [], ...later] = JSON.parse(readFileSync(planFile, 'utf8'))
writeFileSync(planFile, JSON.stringify(later))
process.on('disconnect', () => process.exit(0))

for (const action of step) {
  if (action.print !== undefined) console.log(action.print)
  if (action.error !== undefined) console.error(action.error)
  if (action.arguments) console.log(`arguments ${JSON.stringify(process.argv.slice(2))}`)
  if (action.deaf) process.on('SIGTERM', () => {})
  if (action.exit !== undefined) process.exit(action.exit)
  if (action.stay) setInterval(() => {}, 1000)
}
