import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv as parseDotEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseEngineUrl } from './engine-url'
import { EnvError, parseEnv } from './env'
import { envSchema } from './env.schema'

describe('parseEnv', () => {
  it('has a default for everything', () => {
    expect(parseEnv({})).toMatchObject({
      engineUrl: { isValid: true, baseUrl: 'http://127.0.0.1:8000/v1' },
      isEngineUrlSet: false,
      port: 3000,
      host: '127.0.0.1',
      allowedHosts: [],
      isWarmUpEnabled: true,
      isDemo: false,
    })
  })

  it.each([['OPENAI_API_BASE_URL'], ['OPENAI_API_BASE_URLS'], ['VLLM_API_BASE'], ['BASE_URL']])(
    'takes the base URL from %s as well',
    (name) => {
      const env = parseEnv({ [name]: 'http://gpu:9000/' })
      expect(env.engineUrl).toEqual({ isValid: true, baseUrl: 'http://gpu:9000/v1' })
      expect(env.isEngineUrlSet).toBe(true)
    },
  )

  it('looks for an engine elsewhere when told to, which is not the same as having one', () => {
    const env = parseEnv({ DEFAULT_ENGINE_URL: 'http://127.0.0.1:9001', OPENAI_BASE_URL: ' ' })
    expect(env.engineUrl).toEqual({ isValid: true, baseUrl: 'http://127.0.0.1:9001/v1' })
    expect(env.isEngineUrlSet).toBe(false)
  })

  it('takes the path of a local model from the folder of the app', () => {
    expect(parseEnv({ LOCAL_MODEL: 'models/a.gguf' }).localModel).toBe(resolve('models/a.gguf'))
    expect(parseEnv({ LOCAL_MODEL: '/models/a.gguf' }).localModel).toBe('/models/a.gguf')
    expect(parseEnv({})).not.toHaveProperty('localModel')
  })

  it('prefers its own name over an alias, and counts an empty value as unset', () => {
    const env = parseEnv({
      OPENAI_BASE_URL: 'http://a',
      BASE_URL: 'http://b',
      OPENAI_API_KEY: ' ',
      VLLM_API_KEY: 'k',
    })
    expect(env.engineUrl).toEqual({ isValid: true, baseUrl: 'http://a/v1' })
    expect(env.apiKey).toBe('k')
  })

  it('names every bad key in one message, with its meaning', () => {
    const act = () =>
      parseEnv({ PORT: 'http', WARM_UP: 'maybe', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x' })
    expect(act).toThrow(EnvError)
    expect(act).toThrow(/PORT: must be a number.*The port of the page[\s\S]*DATABASE_URL/)
    for (const key of ['PORT', 'WARM_UP', 'LOG_LEVEL', 'DATABASE_URL']) expect(act).toThrow(key)
  })

  it('never repeats a value that could be a secret', () => {
    const act = () => parseEnv({ OPENAI_API_KEYS: 'sk-one;sk-two', PORT: '0' })
    expect(act).toThrow(/OPENAI_API_KEYS: names 2 engines/)
    expect(act).not.toThrow(/sk-one/)
  })

  it('refuses a host that others can reach unless AUTH=none says so', () => {
    expect(() => parseEnv({ HOST: '0.0.0.0' })).toThrow(/HOST: 0.0.0.0 can be reached.*AUTH=none/)
    expect(parseEnv({ HOST: '0.0.0.0', AUTH: 'none' }).host).toBe('0.0.0.0')
    for (const HOST of ['127.0.0.1', 'localhost', '::1', '127.8.0.1'])
      expect(parseEnv({ HOST }).host).toBe(HOST)
  })

  it('traces nothing unless a collector is named, and reads its headers as OpenTelemetry has them', () => {
    expect(parseEnv({ OTEL_SERVICE_NAME: 'x' })).not.toHaveProperty('otlp')
    const named = parseEnv({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a%3Db, x-team = one',
    })
    expect(named.otlp).toEqual({
      endpoint: 'http://127.0.0.1:4318',
      headers: { authorization: 'Bearer a=b', 'x-team': 'one' },
      serviceName: 'first-token',
    })
    for (const bad of ['nonsense', 'a b=1', 'a=%zz']) {
      const act = () => parseEnv({ OTEL_EXPORTER_OTLP_HEADERS: bad })
      expect(act, bad).toThrow(/OTEL_EXPORTER_OTLP_HEADERS: must be key=value/)
    }
    expect(() => parseEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://x' })).toThrow(
      /OTEL_EXPORTER_OTLP_ENDPOINT: must be an http or https address/,
    )
  })

  it('keeps the database under DATA_DIR unless its path is absolute', () => {
    expect(parseEnv({ DATA_DIR: '/data' }).database).toBe('/data/chat.sqlite')
    expect(parseEnv({ DATA_DIR: '/data', DATABASE_URL: 'x.db' }).database).toBe('/data/x.db')
    expect(parseEnv({ DATABASE_URL: 'file:///srv/x.db' }).database).toBe('/srv/x.db')
  })

  it('is described by .env.example, key by key', () => {
    const text = readFileSync('.env.example', 'utf8')
    const values = parseDotEnv(text.replace(/^# (?=[A-Z_]+=)/gm, ''))
    expect(Object.keys(values).sort()).toEqual(Object.keys(envSchema.shape).sort())
    expect(() => parseEnv(values)).not.toThrow()
    expect(parseEnv(parseDotEnv(text))).toEqual({ ...parseEnv({}), apiKey: 'EMPTY' })
  })
})

describe('parseEngineUrl', () => {
  it.each([
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/v1'],
    ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000/v1'],
    ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
    [' https://gpu.example/v1// ', 'https://gpu.example/v1'],
    ['https://gpu.example/team//a', 'https://gpu.example/team/a/v1'],
    ['http://[::1]:8000/v1', 'http://[::1]:8000/v1'],
  ])('normalises %s', (value, baseUrl) => {
    expect(parseEngineUrl(value)).toEqual({ isValid: true, baseUrl })
  })

  it.each([
    ['gpu:8000/v1', 'scheme'],
    ['not a url', 'not-a-url'],
    ['ftp://gpu', 'scheme'],
    ['http://user:secret@gpu:8000', 'credentials'],
    ['http://gpu/v1?key=1', 'query'],
    ['http://169.254.169.254/v1', 'link-local'],
    ['http://[fe80::1]/v1', 'link-local'],
  ])('refuses %s', (value, reason) => {
    const url = parseEngineUrl(value)
    expect(url).toMatchObject({ isValid: false, reason })
    expect(JSON.stringify(url)).not.toContain('secret')
  })
})
