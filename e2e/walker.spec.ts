import { expect, test } from './fixtures.ts'
import { createRandom } from './harness/create-random.ts'
import { ACTIONS } from './walker/actions.ts'
import { expectSoundPage, expectSoundStore } from './walker/check-invariants.ts'

const COUNT = Number(process.env.WALK_ACTIONS ?? 100)
const SEED = Number(process.env.WALK_SEED ?? 1)
const CHECK_EVERY = 10
const ACTION_MS = 4_000

// The browser's own line about a request that was refused: two tabs get into each other's way.
test.use({ expectedErrors: [/status of (409|404)/] })

test(`${COUNT} random actions in two tabs leave every thread sound`, async ({
  page,
  context,
  stub,
}) => {
  test.setTimeout(60_000 + COUNT * ACTION_MS)
  const random = createRandom(SEED)
  const problems: string[] = []
  const other = await context.newPage()
  other.on('pageerror', (error) => problems.push(String(error)))
  other.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  const tabs = [page, other]
  for (const tab of tabs) {
    await tab.goto('/')
    await tab.locator('#chat-submit').waitFor()
  }
  stub.control.patch({ tokenDelayMs: 8, tokenCount: 30 })
  const bag = ACTIONS.flatMap((action) => Array.from({ length: action.weight }, () => action))
  const done = new Map<string, number>()
  const trail: string[] = []
  for (let step = 1; step <= COUNT; ) {
    const tab = random.pick(tabs)
    const { name, run } = random.pick(bag)
    trail.push(`${step} tab ${tabs.indexOf(tab) + 1}: ${name}`)
    if (!(await run({ page: tab, random, text: `Question ${step} of seed ${SEED}` }))) continue
    done.set(name, (done.get(name) ?? 0) + 1)
    if (random.chance(0.5)) await tab.waitForTimeout(random.between(0, 300))
    if (step % CHECK_EVERY === 0) {
      for (const one of tabs) {
        await expectSoundPage(one).catch((error) => {
          throw new Error(`${trail.slice(-40).join('\n')}\n${error}`, { cause: error })
        })
      }
    }
    step += 1
  }
  const sum = await expectSoundStore(page)
  await stub.control.waitForStatus({ is: { running: 0, inFlight: 0 } })
  for (const one of tabs) await expectSoundPage(one)
  expect(problems.filter((text) => !/status of (409|404)/.test(text))).toEqual([])
  const words = [...done].map(([name, count]) => `${name} ${count}`).join(', ')
  test.info().annotations.push({
    type: 'walk',
    description: `seed ${SEED}: ${words}; ${sum.threads} threads, ${sum.messages} messages`,
  })
  process.stdout.write(`seed ${SEED}: ${words}; ${sum.threads} threads, ${sum.messages} messages\n`)
})
