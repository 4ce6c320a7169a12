import { runPlan } from './run-plan'

const { exitCode, output, error } = await runPlan(process.argv.slice(2))
process.stdout.write(output)
process.stderr.write(error)
process.exitCode = exitCode
