import { describe, expect, it } from 'vitest'
import { isWanted, parseArguments } from './parse-arguments.ts'

describe('parseArguments', () => {
  it.each([
    [[], { name: 'server', rounds: 10, isQuick: false }],
    [['page'], { name: 'page', rounds: 10, isQuick: false }],
    [['load', '--quick'], { name: 'load', rounds: 3, isQuick: true }],
    [['--rounds=20'], { name: 'server', rounds: 20, isQuick: false }],
    [['--quick', '--rounds=1'], { name: 'server', rounds: 1, isQuick: true }],
    [['--only=cpu'], { name: 'server', only: 'cpu', rounds: 10, isQuick: false }],
    [['--only=answer', 'page'], { name: 'page', only: 'answer', rounds: 10, isQuick: false }],
    [['--profile=/tmp/a=b'], { name: 'server', rounds: 10, isQuick: false, profile: '/tmp/a=b' }],
  ])('reads %j', (argv, expected) => {
    expect(parseArguments(argv)).toEqual(expected)
  })

  it.each([
    ['serve'],
    ['--rounds=0'],
    ['--rounds=x'],
    ['--rounds'],
    ['--profile='],
    ['--only=answer'],
    ['--only'],
    ['constructor'],
    ['-h'],
  ])('makes nothing of %s', (argument) => {
    expect(parseArguments([argument])).toBeUndefined()
  })
})

describe('isWanted', () => {
  it('is true of the named part, and of every one when none is named', () => {
    expect(isWanted({ only: 'cpu' }, 'cpu')).toBe(true)
    expect(isWanted({ only: 'cpu' }, 'ttft')).toBe(false)
    expect(isWanted({}, 'ttft')).toBe(true)
  })
})
