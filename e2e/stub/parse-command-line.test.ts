import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { KNOBS } from './knobs.ts'
import { formatHelp, parseCommandLine } from './parse-command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'stub-'))
const main = fileURLToPath(new URL('./main.ts', import.meta.url))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the command line', () => {
  it('explains every knob', () => {
    const help = formatHelp('0.32.0')
    for (const { help: sentence } of Object.values(KNOBS)) expect(help).toContain(sentence)
    expect(help).toContain('vLLM 0.32.0')
  })

  it('takes ports, files and knobs, a later source over an earlier', () => {
    const file = join(folder, 'scenario.json')
    writeFileSync(file, '{"ttftMs": 5, "tokenDelayMs": 6}')
    const line = ['--port', '0', `--scenario=${file}`, '--token-delay-ms', '9', '--wedge', '--json']
    expect(parseCommandLine([...line, '--cut={"afterTokens":2,"how":"rst"}'])).toEqual({
      port: 0,
      controlPort: 0,
      logFile: undefined,
      format: 'json',
      scenario: {
        ttftMs: 5,
        tokenDelayMs: 9,
        wedge: true,
        cut: { afterTokens: 2, how: 'rst' },
      },
    })
  })

  it('takes a text that looks like a number as a text', () => {
    expect(parseCommandLine(['--model-id', '7'])?.scenario).toEqual({ modelId: '7' })
    expect(parseCommandLine(['--tokens', '["a","b"]'])?.scenario).toEqual({ tokens: ['a', 'b'] })
  })

  it('shows a loading of about 12 s in the demo', () => {
    expect(parseCommandLine(['--demo'])?.scenario.loadingMs).toBe(12_000)
    expect(parseCommandLine([])?.port).toBe(8000)
    expect(parseCommandLine([])?.controlPort).toBe(8001)
  })

  it.each([
    [['--ttftMs', '3'], 'unknown option "--ttftMs", did you mean "--ttft-ms"?'],
    [['--ttft-ms', 'soon'], '"ttftMs" must be a number of milliseconds of at least 0, got "soon"'],
    [['port', '3'], '"port" is not an option'],
    [['--port', 'x'], '"--port" must be a port, got "x"'],
    [['--scenario', '/nowhere.json'], 'scenario /nowhere.json: ENOENT'],
  ])('refuses %j and says why', (line, problem) => {
    expect(() => parseCommandLine(line)).toThrow(problem)
  })

  it('starts, says where it is, answers, and ends on SIGTERM', async () => {
    const child = spawn(process.execPath, [main, '--port', '0', '--json', '--model-id', 'm'])
    const [line] = await once(createInterface(child.stdout), 'line')
    const { url, controlUrl, version } = JSON.parse(line)
    expect(version).toBe('0.32.0')
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect((await fetch(`${controlUrl}/__control/gauges`)).status).toBe(200)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  it('exits 2 with the sentence for a wrong option', async () => {
    const child = spawn(process.execPath, [main, '--prot', '0'])
    const [text] = await once(child.stderr, 'data')
    expect(String(text)).toContain('did you mean "--port"?')
    const [code] = await once(child, 'close')
    expect(code).toBe(2)
  })
})
