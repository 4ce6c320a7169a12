import { describe, expect, it } from 'vitest'
import { findRefusals } from './__fixtures__/argparse-serve'
import { buildServeGrid } from './__fixtures__/serve-grid'
import { buildOutput } from './build-outputs'
import { buildServeWords } from './build-serve-command'
import { chooseFlags, toArguments, WHY_CODES } from './choose-flags'
import { lintCommand } from './lint-command'
import { readCommand } from './read-command'
import { isInVersion, SERVE_FLAGS } from './serve-flag-history'
import { splitCommand } from './split-command'

const grid = buildServeGrid()

describe(`the commands of a grid of ${grid.length} plans`, () => {
  it('are large enough to be worth it', () => {
    expect(grid.length).toBe(12_000)
  })

  it('are taken by the recorded parser of vLLM 0.32.0', () => {
    const newest = grid.filter(({ version }) => version.minor === 32)
    expect(newest.length).toBe(480)
    const refused = newest.flatMap((options) => findRefusals(buildServeWords(options).slice(2)))
    expect(refused).toEqual([])
  })

  it('hold no flag that their version does not have', () => {
    const wrong = new Set<string>()
    for (const options of grid) {
      const { minor } = options.version
      for (const word of buildServeWords(options).filter((each) => each.startsWith('--'))) {
        const flag = SERVE_FLAGS.get(word.slice(2))
        if (flag === undefined || !isInVersion({ flag, minor })) wrong.add(`0.${minor} ${word}`)
      }
    }
    expect([...wrong]).toEqual([])
  })

  it('come out of a shell as they went in, as a line and in a container', () => {
    for (const options of grid.filter((_, index) => index % 11 === 0)) {
      const words = buildServeWords(options)
      expect(splitCommand(buildOutput({ name: 'serve', options })).words).toEqual(words)
      const docker = readCommand(splitCommand(buildOutput({ name: 'docker', options })).words)
      expect(docker?.args).toEqual(toArguments(chooseFlags(options)))
      expect(docker?.docker?.tag).toBe(`v${options.version.text}.0`)
    }
  })

  it('give the linter nothing to say but what the plan asked for', () => {
    const asked = ['seqs-low', 'utilization-lowered', 'no-op']
    const said = new Set<string>()
    for (const options of grid.filter((_, index) => index % 7 === 0)) {
      for (const name of ['serve', 'docker'] as const) {
        const text = buildOutput({ name, options })
        const { findings } = lintCommand({ text, version: options.version })
        for (const { code, flag } of findings) {
          if (!asked.includes(code)) said.add(`0.${options.version.minor} ${code} ${flag}`)
        }
      }
    }
    expect([...said]).toEqual([])
  })

  it('give every argument its reason', () => {
    const used = new Set(grid.flatMap((options) => chooseFlags(options).map(({ name }) => name)))
    for (const name of WHY_CODES.filter((code) => code !== 'host' && code !== 'port')) {
      expect(used, name).toContain(name)
    }
  })
})
