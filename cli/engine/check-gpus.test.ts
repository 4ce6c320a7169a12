import { describe, expect, it } from 'vitest'
import { type PlanFields, parsePlanFields } from '@/lib/planner/plan-fields'
import { checkGpus, toGpu } from './check-gpus'
import { type Card, parseCards } from './read-gpus'

const SMI = `0, NVIDIA GeForce RTX 4090, 24564, 24100, 8.9
1, NVIDIA H200, 143771, 143100, 9.0
2, NVIDIA A100-SXM4-80GB, 81920, 81100, 8.0
3, NVIDIA Something New, 49152, 48000, 12.0
`

function check(fields: PlanFields, cards: Card[]) {
  const parsed = parsePlanFields(fields)
  if (!('value' in parsed)) throw new Error('fields')
  return checkGpus({ options: parsed.value, cards })
}

const card = (change: Partial<Card> = {}): Card => ({
  index: 0,
  name: 'RTX 4090',
  totalGib: 23.99,
  freeGib: 23.5,
  computeCapability: 8.9,
  ...change,
})

describe('parseCards', () => {
  it("reads nvidia-smi's lines, and nothing else", () => {
    expect(parseCards(SMI).map(({ name }) => name)).toEqual([
      'RTX 4090',
      'H200',
      'A100-SXM4-80GB',
      'Something New',
    ])
    expect(parseCards(SMI)[0]).toMatchObject({ index: 0, computeCapability: 8.9 })
    expect(parseCards('No devices were found\n')).toEqual([])
    expect(parseCards('0, NVIDIA T4, [N/A], [N/A], 7.5\n')).toEqual([])
  })
})

describe('toGpu', () => {
  it('knows a card by its name, or takes its memory less what the driver keeps', () => {
    const [known, , unknown, other] = parseCards(SMI).map(toGpu)
    expect(known).toMatchObject({ name: 'RTX 4090', memoryGib: 23.52 })
    expect(unknown).toMatchObject({ name: 'A100-SXM4-80GB', memoryGib: 78.4 })
    expect(other).toMatchObject({
      memoryGib: 47.04,
      memorySource: 'estimate',
      computeCapability: 12,
    })
  })

  it('believes the memory rather than the name', () => {
    expect(toGpu(card({ totalGib: 48 }))).toMatchObject({ memoryGib: 47.04 })
  })
})

describe('checkGpus', () => {
  it('has nothing against the card that was planned for', () => {
    expect(check({}, [card()])).toEqual([])
  })

  it.each<[string, PlanFields, Card[], 'refuse' | 'warn', RegExp]>([
    ['too few cards', { gpus: '2' }, [card()], 'refuse', /for 2 GPUs, and nvidia-smi shows 1/],
    ['no card', {}, [], 'refuse', /for 1 GPU, and nvidia-smi shows 0/],
    [
      'a smaller card',
      { gpu: 'A100 80GB' },
      [card()],
      'warn',
      /for A100 80GB \(79\.1 GiB\); the card here is RTX 4090/,
    ],
    ['a length that does not fit', { 'max-model-len': '131072' }, [card()], 'refuse', /18 GiB/],
    ['memory in use', {}, [card({ freeGib: 12 })], 'refuse', /12\.0 GiB free.*or plan with 0\.51/],
    ['a share that leaves no room', { 'gpu-memory-utilization': '0.97' }, [card()], 'warn', /./],
  ])('says %s', (_, fields, cards, level, text) => {
    const found = check(fields, cards).filter((finding) => finding.level === level)
    expect(found.map((finding) => finding.text).join('\n')).toMatch(text)
  })
})
