import { isAbsolute, resolve } from 'node:path'
import { type EngineUrl, parseEngineUrl } from './engine-url'
import { ENV_ALIASES, type EnvKey, envSchema } from './env.schema'

const DAY_MS = 24 * 60 * 60 * 1000

export type Env = Readonly<{
  engineUrl: EngineUrl
  /** The address was chosen; else it is where a vLLM is looked for before the local engine is started. */
  isEngineUrlSet: boolean
  /** A GGUF file. */
  localModel?: string
  apiKey?: string
  model?: string
  engineLogFile?: string
  /** For the launcher: a path, or a name on `searchPath`. */
  vllmExecutable?: string
  searchPath: string
  /** CUDA_VISIBLE_DEVICES. */
  visibleDevices?: string
  systemPromptFile?: string
  /** The path of an SQLite file, or a postgres:// address. */
  database: string
  dataDir: string
  /** Threads in which nothing was written for so long are deleted; absent: none. */
  retentionMs?: number
  port: number
  host: string
  allowedHosts: readonly string[]
  isWarmUpEnabled: boolean
  isBatchYielding: boolean
  isDemo: boolean
  /** Opens /api/bench/*. */
  hasBenchRoutes: boolean
  /** Where traces are sent; absent: nowhere. */
  otlp?: Readonly<{
    endpoint: string
    headers: Readonly<Record<string, string>>
    serviceName: string
  }>
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}>

/** A mistake in the environment; its message names every bad key, what was wrong and what the key means. */
export class EnvError extends Error {
  override name = 'EnvError'
}

/**
 * The only reader of the environment. An empty value counts as unset.
 * @throws {EnvError} naming every bad key in one message.
 */
export function parseEnv(source: Record<string, string | undefined> = process.env): Env {
  const problems: string[] = []
  const values: Partial<Record<EnvKey, string>> = {}
  for (const key of Object.keys(envSchema.shape) as EnvKey[]) {
    const found = [key, ...(ENV_ALIASES[key] ?? [])].find(
      (name) => (source[name] ?? '').trim() !== '',
    )
    if (found !== undefined) values[key] = onlyOne(found, source[found] ?? '', problems)
  }
  const parsed = envSchema.safeParse(values)
  if (!parsed.success) problems.push(...parsed.error.issues.map(describeIssue))
  const databaseUrl = values.DATABASE_URL ?? ''
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(databaseUrl) && !isKnownDatabase(databaseUrl)) {
    problems.push(
      `DATABASE_URL: only a path of an SQLite file and a postgres:// address are understood. ${meaning('DATABASE_URL')}`,
    )
  }
  if (problems.length > 0 || !parsed.success) {
    throw new EnvError(
      `The settings cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    )
  }
  const { PATH: searchPath = '', CUDA_VISIBLE_DEVICES: visibleDevices } = source
  return Object.freeze({
    ...toEnv(parsed.data),
    searchPath,
    ...(visibleDevices === undefined ? {} : { visibleDevices }),
  })
}

/** Open WebUI's plural names take a list by `;`; one entry is fine, several engines are not served. */
function onlyOne(name: string, value: string, problems: string[]): string {
  if (!name.endsWith('S') || !value.includes(';')) return value
  const entries = value.split(';').filter((entry) => entry.trim() !== '')
  if (entries.length > 1)
    problems.push(`${name}: names ${entries.length} engines, only one is served`)
  return entries[0] ?? ''
}

function describeIssue(issue: { path: PropertyKey[]; message: string }): string {
  const key = String(issue.path[0])
  return `${key}: ${issue.message}. ${meaning(key)}`.trimEnd()
}

function meaning(key: string): string {
  const field = Object.entries(envSchema.shape).find(([name]) => name === key)
  return field?.[1].description === undefined ? '' : `(${field[1].description})`
}

function isKnownDatabase(databaseUrl: string): boolean {
  return /^file:/i.test(databaseUrl) || (isPostgres(databaseUrl) && URL.canParse(databaseUrl))
}

function isPostgres(databaseUrl: string): boolean {
  return /^postgres(ql)?:\/\//i.test(databaseUrl)
}

function toDatabase(databaseUrl: string, dataDir: string): string {
  if (isPostgres(databaseUrl)) return databaseUrl
  const file = databaseUrl.replace(/^file:(\/\/)?/, '')
  return file === ':memory:' || isAbsolute(file) ? file : resolve(dataDir, file)
}

function toEnv(values: ReturnType<typeof envSchema.parse>): Omit<Env, 'searchPath'> {
  const dataDir = resolve(values.DATA_DIR)
  return {
    engineUrl: parseEngineUrl(values.OPENAI_BASE_URL ?? values.DEFAULT_ENGINE_URL),
    isEngineUrlSet: values.OPENAI_BASE_URL !== undefined,
    ...(values.LOCAL_MODEL === undefined ? {} : { localModel: resolve(values.LOCAL_MODEL) }),
    ...(values.OPENAI_API_KEY === undefined ? {} : { apiKey: values.OPENAI_API_KEY }),
    ...(values.MODEL === undefined ? {} : { model: values.MODEL }),
    ...(values.ENGINE_LOG_FILE === undefined
      ? {}
      : { engineLogFile: resolve(values.ENGINE_LOG_FILE) }),
    ...(values.VLLM_EXECUTABLE === undefined ? {} : { vllmExecutable: values.VLLM_EXECUTABLE }),
    ...(values.SYSTEM_PROMPT_FILE === undefined
      ? {}
      : { systemPromptFile: resolve(values.SYSTEM_PROMPT_FILE) }),
    database: toDatabase(values.DATABASE_URL ?? 'chat.sqlite', dataDir),
    dataDir,
    ...(values.RETENTION_DAYS === undefined ? {} : { retentionMs: values.RETENTION_DAYS * DAY_MS }),
    port: values.PORT,
    host: values.HOST,
    allowedHosts: values.ALLOWED_HOSTS,
    isWarmUpEnabled: values.WARM_UP,
    isBatchYielding: values.BATCH_YIELDS,
    isDemo: values.DEMO,
    hasBenchRoutes: values.BENCH_ROUTES,
    ...(values.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? {}
      : {
          otlp: {
            endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
            headers: values.OTEL_EXPORTER_OTLP_HEADERS,
            serviceName: values.OTEL_SERVICE_NAME,
          },
        }),
    logLevel: values.LOG_LEVEL,
  }
}
