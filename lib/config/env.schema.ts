import { z } from 'zod'
import { isLoopbackHost } from './is-loopback-host'

const optionalText = z
  .string()
  .transform((value) => value.trim())
  .optional()

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0', 'on', 'off', 'yes', 'no'], {
      error: 'must be true or false',
    })
    .transform((value) => ['true', '1', 'on', 'yes'].includes(value))
    .optional()
    .transform((value) => value ?? fallback)

/** As the OpenTelemetry specification has them. */
const otlpHeaders = z
  .string()
  .default('')
  .transform((text, context) => {
    const headers: Record<string, string> = {}
    for (const pair of text.split(',')) {
      if (pair.trim() === '') continue
      const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=(.*)$/.exec(pair) ?? []
      const decoded = decode(value)
      if (name === undefined || decoded === undefined) {
        context.addIssue({ code: 'custom', message: 'must be key=value pairs by comma' })
        return z.NEVER
      }
      headers[name.toLowerCase()] = decoded
    }
    return headers
  })

function decode(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value.trim())
  } catch {
    return undefined
  }
}

/** Every key the app reads, with the meaning that docs/configuration.md and an error message give it. */
export const envSchema = z
  .object({
    OPENAI_BASE_URL: optionalText.describe(
      'The engine: any vLLM, or another OpenAI-compatible server; with or without /v1. Without it: a vLLM at DEFAULT_ENGINE_URL, and where none answers the local engine',
    ),
    DEFAULT_ENGINE_URL: z
      .string()
      .default('http://127.0.0.1:8000/v1')
      .describe(
        'Where a vLLM is looked for, for a second at the start, when OPENAI_BASE_URL is not set',
      ),
    LOCAL_MODEL: optionalText.describe(
      'A GGUF file for the local engine to serve. Default: SmolLM2-135M, fetched once (93 MB)',
    ),
    OPENAI_API_KEY: optionalText.describe(
      'The key that vLLM was started with (--api-key); EMPTY is fine',
    ),
    MODEL: optionalText.describe(
      'The served model name to use. Default: the first one the engine serves',
    ),
    ENGINE_LOG_FILE: optionalText.describe(
      "A file that holds vLLM's output (stdout and stderr); the gate follows it and shows the stages of the start. Default: for an engine on this machine the log of npm run engine, where there is one",
    ),
    VLLM_EXECUTABLE: optionalText.describe(
      'The vllm program that npm run engine starts. Default: vllm on the PATH',
    ),
    SYSTEM_PROMPT_FILE: optionalText.describe(
      'A text file with the system prompt, read once at boot. Default: the built-in one',
    ),
    DATABASE_URL: optionalText.describe(
      'Where conversations are kept: a path of an SQLite file, or a Postgres database as postgres://user:password@host:port/name. Default: chat.sqlite in DATA_DIR',
    ),
    DATA_DIR: z.string().default('.data').describe('The folder for everything that the app writes'),
    RETENTION_DAYS: z.coerce
      .number({ error: 'must be a number' })
      .positive({ error: 'must be more than 0' })
      .optional()
      .describe(
        'Conversations in which nothing was written for so many days are deleted for good. Default: all are kept',
      ),
    PORT: z.coerce
      .number({ error: 'must be a number' })
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be 1–65535' })
      .max(65_535, { error: 'must be 1–65535' })
      .default(3000)
      .describe('The port of the page'),
    HOST: z
      .string()
      .default('127.0.0.1')
      .describe('The address to listen on; other than loopback needs AUTH=none'),
    ALLOWED_HOSTS: z
      .string()
      .default('')
      .transform((value) => value.split(',').map((host) => host.trim().toLowerCase()))
      .transform((hosts) => hosts.filter((host) => host !== ''))
      .describe('Host names, by comma, under which the page may be opened besides localhost'),
    AUTH: z
      .enum(['none'], { error: 'can only be none (there is no login yet)' })
      .optional()
      .describe('none: allow a HOST that others can reach, without a login'),
    WARM_UP: flag(true).describe(
      'Whether a new engine gets one request that puts the system prompt into its cache before the gate opens',
    ),
    BATCH_YIELDS: flag(true).describe(
      'Whether a running batch makes way for a chat answer that waits for its first token',
    ),
    DEMO: flag(false).describe(
      'Says on the page that the answers are scripted; set by npm run demo',
    ),
    OTEL_EXPORTER_OTLP_ENDPOINT: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .optional()
      .describe(
        'An OpenTelemetry collector (OTLP over HTTP): each reply is sent there as a trace, and the engine gets its context. Default: nothing is traced',
      ),
    OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders.describe(
      'Headers for the collector, as key=value by comma, values percent-encoded',
    ),
    OTEL_SERVICE_NAME: z
      .string()
      .default('first-token')
      .describe('The name of this service in its traces'),
    BENCH_ROUTES: flag(false).describe(
      'Opens /api/bench/*, a raw passthrough to the engine and the figures of this process; set by npm run bench',
    ),
    LOG_LEVEL: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe("How much of the server's own log is written to stdout"),
  })
  .check((context) => {
    const { HOST, AUTH } = context.value
    if (isLoopbackHost(HOST) || AUTH === 'none') return
    context.issues.push({
      code: 'custom',
      path: ['HOST'],
      input: HOST,
      message: `${HOST} can be reached by other machines and there is no login: set AUTH=none to allow that, or HOST=127.0.0.1`,
    })
  })

export type EnvKey = keyof typeof envSchema.shape

/** Names that other tools use for the same setting, in the order in which they are tried. */
export const ENV_ALIASES: Partial<Record<EnvKey, string[]>> = {
  OPENAI_BASE_URL: ['OPENAI_API_BASE_URL', 'OPENAI_API_BASE_URLS', 'VLLM_API_BASE', 'BASE_URL'],
  OPENAI_API_KEY: ['OPENAI_API_KEYS', 'VLLM_API_KEY'],
}
