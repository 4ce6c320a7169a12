import { ENV_ALIASES, type EnvKey, envSchema } from '@/lib/config/env.schema'

const HEAD = `# Configuration

<!-- Generated from lib/config/env.schema.ts: npm run unit -- cli/docs --update -->

Every key is an environment variable, or a line of the file \`.env\` in the folder of the app (copy
\`.env.example\`). A real environment variable wins over the file; an empty value counts as unset. All of
them are read once, when the server starts: a build holds none of them. A wrong value ends the start with
one message that names every bad key, except for \`OPENAI_BASE_URL\`: a wrong one is shown by the gate.

| key | default | meaning |
|---|---|---|
`

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function toRow(options: { key: EnvKey; fallback: unknown }): string {
  const { key, fallback } = options
  const isSet = fallback !== undefined && fallback !== '' && typeof fallback !== 'object'
  const aliases = (ENV_ALIASES[key] ?? []).map((name) => `\`${name}\``).join(', ')
  const also = aliases === '' ? '' : ` (also read, in this order: ${aliases})`
  const meaning = escapeCell(envSchema.shape[key].description ?? '')
  return `| \`${key}\` | ${isSet ? `\`${fallback}\`` : ''} | ${meaning}${also} |`
}

/** docs/configuration.md as a whole, made of the schema that the app parses its environment with. */
export function buildConfigurationPage(): string {
  const defaults: Partial<Record<EnvKey, unknown>> = envSchema.parse({})
  const keys = Object.keys(envSchema.shape) as EnvKey[]
  const rows = keys.map((key) => toRow({ key, fallback: defaults[key] }))
  return `${HEAD}${rows.join('\n')}\n`
}
