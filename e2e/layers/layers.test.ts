import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FURTHER_VIOLATIONS, PLANTED_VIOLATIONS, type Tree } from './planted-violations.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const settings = ['.dependency-cruiser.cjs', 'tsconfig.json']
const layers = ['app', 'components', 'lib', 'cli', 'e2e', 'local-engine']

type Report = {
  summary: { totalCruised: number; violations: { from: string; rule: { name: string } }[] }
}

/** Its exit code is the number of errors: only the report tells them apart from a crash. */
function cruise(folder: string): Promise<Report> {
  const program = join(root, 'node_modules/.bin/depcruise')
  const folders = layers.filter((name) => existsSync(join(folder, name)))
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, '--output-type', 'json', ...folders],
      { cwd: folder, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        if (stdout.startsWith('{')) resolve(JSON.parse(stdout) as Report)
        else reject(new Error(`dependency-cruiser gave no report: ${stderr}`, { cause: error }))
      },
    )
  })
}

async function findBrokenRules(tree: Tree): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'first-token-layers-'))
  try {
    for (const name of settings) copyFileSync(join(root, name), join(folder, name))
    for (const [path, source] of Object.entries(tree)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), source)
    }
    const { summary } = await cruise(folder)
    return [...new Set(summary.violations.map(({ rule }) => rule.name))]
  } finally {
    await rm(folder, { recursive: true })
  }
}

function ruleNames(): string[] {
  const config = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'))
  return config.forbidden.map(({ name }: { name: string }) => name)
}

describe('the layer rules', () => {
  it('are each tried against a planted violation', () => {
    expect(Object.keys(PLANTED_VIOLATIONS).sort()).toEqual(ruleNames().sort())
  })

  it.concurrent.each([...Object.entries(PLANTED_VIOLATIONS), ...FURTHER_VIOLATIONS])(
    'catch what breaks %s, and call it by that name alone',
    async (rule, tree) => {
      expect(await findBrokenRules(tree)).toEqual([rule])
    },
    60_000,
  )

  it('let a tree pass in which every import is allowed', async () => {
    const tree = {
      'lib/domain/a.ts': 'export const value = 1\n',
      'lib/chat/b.ts': `export { value } from '@/lib/domain/a'\n`,
      'e2e/stub/c.ts': `import type { Wire } from '../../lib/engine/wire'\nexport type Used = Wire\n`,
      'lib/engine/wire.ts': 'export type Wire = string\n',
    }
    expect(await findBrokenRules(tree)).toEqual([])
  })

  it('see at least 30 modules of the real tree', async () => {
    const { summary } = await cruise(root)
    expect(summary.totalCruised).toBeGreaterThanOrEqual(30)
  }, 60_000)
})
