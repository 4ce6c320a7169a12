import { runBackup } from './run-backup'

process.exitCode = await runBackup({
  args: process.argv.slice(2),
  env: process.env,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
})
