#!/usr/bin/env node
// A stand-in for `vllm` whose starts are scripted: FAKE_VLLM_PLAN is a JSON list, one entry a start, the last one for
// all further ones. `ready` serves, `fatal …` prints the line and ends with 1, `stubborn` serves and takes no SIGTERM. Each start also leaves a child of its own, as an engine core is.
import { spawn } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { FAKE_VLLM_PLAN = '["ready"]', FAKE_VLLM_STARTS = '' } = process.env
const args = process.argv.slice(2)
const port = Number(args[args.lastIndexOf('--port') + 1])
const core = spawn('sleep', ['600'], { stdio: 'ignore' })
appendFileSync(FAKE_VLLM_STARTS, `${JSON.stringify({ pid: process.pid, core: core.pid, args })}\n`)
const number = readFileSync(FAKE_VLLM_STARTS, 'utf8').trim().split('\n').length
const plan = JSON.parse(FAKE_VLLM_PLAN)
const step = plan[Math.min(number, plan.length) - 1]

const tell = (text) => process.stdout.write(`(APIServer pid=${process.pid}) ${text}\n`)
tell('INFO 11-24 23:49:02 [api_utils.py:325] vLLM server version 0.32.0, serving model fake')
if (step.startsWith('fatal ')) {
  tell(`ERROR 11-24 23:49:03 [core.py:1] ${step.slice(6)}`)
  core.kill()
  process.exit(1)
}
tell('INFO 11-24 23:49:03 [model.py:733] Resolved architecture: Qwen3ForCausalLM')
if (step === 'stubborn') process.on('SIGTERM', () => {})
else {
  process.on('SIGTERM', () => {
    tell('INFO:     Application shutdown complete.')
    core.kill()
    process.exit(0)
  })
}
createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  if (request.url === '/v1/models') {
    response.end(JSON.stringify({ object: 'list', data: [{ id: 'fake', object: 'model' }] }))
  } else if (request.url === '/health') response.end('')
  else response.writeHead(404).end('{"detail":"Not Found"}')
}).listen(port, '127.0.0.1', () => tell('INFO:     Application startup complete.'))
