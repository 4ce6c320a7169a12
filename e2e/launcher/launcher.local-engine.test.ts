import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from './sandbox.ts'

let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await createSandbox()
})

afterEach(() => sandbox.dispose())

describe('npm run engine:local', () => {
  const run = async (env: Record<string, string> = {}) => {
    const launched = sandbox.launch({ command: 'engine:local', env })
    expect(await launched.ended).toBe(0)
    return sandbox.calls().at(-1)
  }

  it('runs the engine alone, on the port where the app looks and in the folder of the app', async () => {
    expect(await run()).toMatchObject({
      name: 'local engine',
      args: ['--data-dir', '.data', '--port', '8000'],
      cwd: sandbox.folder,
    })
  })

  it('takes the model and the folder of the settings', async () => {
    sandbox.write('.env', 'LOCAL_MODEL=/models/a.gguf\nDATA_DIR=/from/the/file\n')
    const { args } = (await run({ DATA_DIR: '/data' })) ?? {}
    expect(args).toEqual([
      ...['--data-dir', '/data', '--port', '8000'],
      ...['--model', '/models/a.gguf'],
    ])
  })
})
