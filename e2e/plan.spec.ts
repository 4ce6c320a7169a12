import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { createPlanPage } from './pages/plan-page.ts'

const ARTICLE =
  'python -m vllm.entrypoints.openai.api_server --model qwen/Qwen3-4B-Instruct-2507 --tensor-parallel-size 1 --max-model-len 262144 --enable-chunked-prefill --max-num-seqs 32'

const CONFIG = {
  architectures: ['Qwen2ForCausalLM'],
  hidden_size: 896,
  intermediate_size: 4864,
  max_position_embeddings: 32_768,
  num_attention_heads: 14,
  num_hidden_layers: 24,
  num_key_value_heads: 2,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
  vocab_size: 151_936,
}

async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
}

async function expectNoSidewaysScroll(page: Page) {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBe(0)
}

test('plans the default model on a 24 GB card, and follows each choice at once', async ({
  page,
}) => {
  const plan = createPlanPage(page)
  await page.goto('/')
  await page.getByRole('link', { name: 'Plan', exact: true }).click()
  await expect(plan.verdict).toHaveAttribute('data-verdict', 'fits')
  expect(await plan.readFigure('kvBytesPerTokenPerGpu')).toBe(147_456)
  expect(await plan.readFigure('kvTokensColdStart')).toBe(88_080)
  await expect(plan.output).toContainText('--gpu-memory-utilization 0.88')

  await plan.field('Weights').selectOption('awq')
  await expect(plan.figure('kvTokensColdStart')).toHaveAttribute('data-value', '124560')
  await plan.field('KV cache').selectOption('fp8')
  await expect(plan.figure('kvBytesPerTokenPerGpu')).toHaveAttribute('data-value', '73728')
  await expect(plan.output).toContainText('--kv-cache-dtype fp8')
  await plan.field('vLLM version').selectOption('0.24')
  await expect(plan.output).not.toContainText('--enable-per-request-metrics')
  await expect(page).toHaveURL(/weights=awq&kv-cache-dtype=fp8&vllm=0.24$/)

  await page.reload()
  await expect(plan.figure('kvBytesPerTokenPerGpu')).toHaveAttribute('data-value', '73728')
  await plan.field('Weights').selectOption('bf16')
  await expect(page).toHaveURL(/\/plan\?kv-cache-dtype=fp8&vllm=0.24$/)
})

test('says why a plan does not fit, and mends it with the cheapest change', async ({ page }) => {
  const plan = createPlanPage(page)
  await plan.open('?max-model-len=262144')
  await expect(plan.verdict).toHaveAttribute('data-verdict', 'does-not-fit')
  await expect(plan.verdict).toContainText('needs 36 GiB of KV cache, and 12.1 GiB are there')
  await plan.apply.click()
  await expect(plan.verdict).toHaveAttribute('data-verdict', 'fits')
  await expect(plan.field('Context length, tokens')).toHaveValue('88064')
})

test('takes the config.json of another model, and keeps it in the address', async ({ page }) => {
  const plan = createPlanPage(page)
  await plan.open()
  await plan.field('Model').selectOption({ label: 'Another model: paste its config.json' })
  const config = plan.field(/config\.json of another model/)
  await config.fill('{"hidden_size": 1')
  await expect(page.getByText('This is not JSON.')).toBeVisible()
  await config.fill(JSON.stringify({ ...CONFIG, hidden_size: undefined }))
  await expect(page.getByText('is missing. It stands in every')).toBeVisible()
  await config.fill(JSON.stringify(CONFIG, null, 2))
  await expect(plan.figure('kvBytesPerTokenPerGpu')).toHaveAttribute('data-value', '12288')
  await plan.field('Its name or path').fill('Qwen/Qwen2.5-0.5B-Instruct')
  await expect(plan.output).toContainText('vllm serve Qwen/Qwen2.5-0.5B-Instruct')
  await page.reload()
  await expect(plan.figure('kvBytesPerTokenPerGpu')).toHaveAttribute('data-value', '12288')
  await expect(plan.output).toContainText('vllm serve Qwen/Qwen2.5-0.5B-Instruct')
})

test('names what is wrong beside its field, and goes on with the rest', async ({ page }) => {
  const plan = createPlanPage(page)
  await plan.open('?gpu=RTX+4O90&weights=awq&users=-1')
  await expect(page.getByText('Did you mean RTX 4090')).toBeVisible()
  await expect(page.getByText('A number from 1 to 1000000 is wanted, not -1.')).toBeVisible()
  await expect(plan.field('Users at once')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText('A field with a problem counts as empty.')).toBeVisible()
  await expect(plan.figure('kvTokensColdStart')).toHaveAttribute('data-value', '124560')
  await plan.field('Memory in GiB').fill('48')
  await plan.field('Users at once').fill('')
  await expect(page.getByText('A field with a problem counts as empty.')).toBeHidden()
})

test('explains each figure by its formula, on hover and by keyboard', async ({ page }) => {
  const plan = createPlanPage(page)
  await plan.open()
  const term = plan.figure('kvTokensColdStart').getByRole('button')
  await term.hover()
  const tip = page.getByRole('tooltip').filter({ hasText: '147,456 B a token' }).first()
  await expect(tip).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(tip).toBeHidden()
  await plan.figure('availableKvBytesPerGpu').getByRole('button').focus()
  await page.keyboard.press('Tab')
  await expect(term).toBeFocused()
  await expect(tip).toBeVisible()
})

test('gives the command in six forms, to copy', async ({ page, context, app }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.url })
  const plan = createPlanPage(page)
  await plan.open('?gpus=2')
  const forms: [string, string][] = [
    ['vllm serve', '--tensor-parallel-size 2'],
    ['docker run', '--publish 127.0.0.1:8000:8000'],
    ['compose.yaml', 'start_period: "20m"'],
    ['Kubernetes', 'startupProbe:'],
    ['Helm values.yaml', 'enablePrefixCaching: true'],
    ['vllm.yaml', 'tensor-parallel-size: 2'],
  ]
  await plan.tab('vllm serve').focus()
  for (const [name, text] of forms) {
    await expect(plan.tab(name)).toBeFocused()
    await expect(plan.output).toContainText(text)
    await page.keyboard.press('ArrowRight')
  }
  await page.getByRole('tabpanel').getByRole('button', { name: 'Copy' }).click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toContain('vllm serve Qwen/Qwen3-4B-Instruct-2507 \\\n  --max-model-len 16384')
})

test('looks over a pasted command, mends it, and sends it nowhere', async ({ page }) => {
  const plan = createPlanPage(page)
  const sent: string[] = []
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
  await plan.open()
  await plan.command.fill(ARTICLE)
  await expect(page.getByText('0 errors, 3 warnings, 5 notes')).toBeVisible()
  await expect(plan.findings).toHaveCount(8)
  await expect(page.locator('[data-finding="context-long"]')).toContainText('needs 36 GiB')
  const mended = page.getByRole('region', { name: 'Mended' })
  await expect(mended).toContainText('--max-model-len auto')
  await expect(mended).not.toContainText('--max-num-seqs')
  await plan.command.fill('tar xf model.tar')
  await expect(page.getByText('This starts no vLLM.')).toBeVisible()
  expect(sent.filter((text) => text.includes('262144') || text.includes('model.tar'))).toEqual([])
})

const SHOWN = [
  ['a plan that fits', ''],
  ['faulty fields', '?max-model-len=262144&gpu=nonsense&vllm=9.9'],
  ['a card by its memory', '?weights=awq&gpu=13'],
] as const

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 780 } })

      for (const [name, query] of SHOWN) {
        test(`is accessible and never scrolls sideways: ${name}`, async ({ page }) => {
          const plan = createPlanPage(page)
          await plan.open(query)
          await expect(plan.verdict).toBeVisible()
          await plan.command.fill(`VLLM_SERVER_DEV_MODE=1 ${ARTICLE} --swap-space 4`)
          await expect(plan.findings.first()).toBeVisible()
          await page.getByText('Why each flag').click()
          await expectAccessible(page)
          await expectNoSidewaysScroll(page)
        })
      }
    })
  }
}

test('prints its figures, its bar and its command, without the controls', async ({ page }) => {
  const plan = createPlanPage(page)
  await plan.open()
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('img')).toBeVisible()
  await expect(plan.figure('kvTokensColdStart')).toBeVisible()
  await expect(plan.output).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy' }).first()).toBeHidden()
  await expect(plan.command).toBeHidden()
  await expectNoSidewaysScroll(page)
})

test('speaks Chinese to a browser that asks for it', async ({ browser, app }) => {
  const context = await browser.newContext({ locale: 'zh-CN', baseURL: app.url })
  const page = await context.newPage()
  await page.goto('/plan?max-model-len=262144')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('部署规划')
  await expect(page.locator('[data-verdict]')).toContainText('放不下')
  await page.getByLabel('命令', { exact: true }).fill(ARTICLE)
  await expect(page.locator('[data-finding="seqs-low"]')).toContainText('它是限制，不是加速')
  await expectAccessible(page)
  await context.close()
})
