import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { envSchema } from '@/lib/config/env.schema'
import { buildConfigurationPage } from './configuration-page'

it('gives every key of the schema a row with a meaning', () => {
  const rows = buildConfigurationPage().split('\n')
  for (const key of Object.keys(envSchema.shape))
    expect(rows.find((row) => row.startsWith(`| \`${key}\` |`))).toMatch(/\| \w[^|]{10,} \|$/)
})

it('is what docs/configuration.md holds', async () => {
  const page = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url))
  await expect(buildConfigurationPage()).toMatchFileSnapshot(page)
})
