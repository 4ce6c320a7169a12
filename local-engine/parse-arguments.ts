import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { EngineFailure } from './engine-failure.ts'

export type Arguments = {
  dataDir: string
  /** 0: any free one. */
  port: number
  modelPath?: string
  maxModelLen?: number
}

const USAGE =
  'usage: node local-engine/main.ts [--data-dir .data] [--port 8000] [--model FILE.gguf] [--max-model-len 8192]'

/** @throws {EngineFailure} bad-arguments. */
export function parseArguments(argv: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        'data-dir': { type: 'string', default: '.data' },
        port: { type: 'string', default: '8000' },
        model: { type: 'string' },
        'max-model-len': { type: 'string' },
      },
    })
    const length = values['max-model-len']
    return {
      dataDir: resolve(values['data-dir']),
      port: toWhole({ name: 'port', text: values.port, min: 0, max: 65_535 }),
      ...(values.model === undefined ? {} : { modelPath: resolve(values.model) }),
      ...(length === undefined
        ? {}
        : {
            maxModelLen: toWhole({ name: 'max-model-len', text: length, min: 16, max: 1_000_000 }),
          }),
    }
  } catch (error) {
    if (error instanceof EngineFailure) throw error
    throw new EngineFailure('bad-arguments', {
      reason: error instanceof Error ? error.message : String(error),
      usage: USAGE,
    })
  }
}

function toWhole(options: { name: string; text: string; min: number; max: number }): number {
  const { name, text, min, max } = options
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new EngineFailure('bad-arguments', {
    reason: `--${name} must be a whole number from ${min} to ${max}, got ${text}`,
    usage: USAGE,
  })
}
