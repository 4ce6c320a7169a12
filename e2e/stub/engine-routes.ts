import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { answerTokenize } from './answer-tokenize.ts'
import type { HttpMetrics } from './http-metrics.ts'
import type { Stub } from './live-request.ts'
import { listServedModels } from './prepare-chat.ts'
import { renderMetrics } from './render-metrics.ts'
import type { EngineScenario } from './scenario.ts'
import { buildFaultyBody } from './wire-error.ts'

export type Reply = { status: number; body: string; contentType?: string }

export type RouteInput = {
  stub: Stub
  http: HttpMetrics
  startedAtSeconds: number
  request: IncomingMessage
  body: string
}

/** `undefined` = no answer is ever given. */
export type Route = (input: RouteInput) => Reply | undefined

const JSON_TYPE = 'application/json'

function json(value: unknown): Reply {
  return { status: 200, body: JSON.stringify(value), contentType: JSON_TYPE }
}

function answerHealth({ stub }: RouteInput): Reply | undefined {
  const { healthMode } = stub.book.engine()
  if (healthMode === 'hang') return undefined
  return { status: healthMode === 'ok' ? 200 : 503, body: '' }
}

function buildModelCard(options: { id: string; engine: EngineScenario }) {
  const { id, engine } = options
  const created = Math.floor(Date.now() / 1000)
  return {
    id,
    object: 'model',
    created,
    owned_by: 'vllm',
    root: engine.modelRoot || engine.modelId,
    parent: null,
    max_model_len: engine.maxModelLen,
    permission: [
      {
        id: `modelperm-${randomBytes(8).toString('hex')}`,
        object: 'model_permission',
        created,
        allow_create_engine: false,
        allow_sampling: true,
        allow_logprobs: true,
        allow_search_indices: false,
        allow_view: true,
        allow_fine_tuning: false,
        organization: '*',
        group: null,
        is_blocking: false,
      },
    ],
  }
}

const SHAPE_BY_STATUS: Record<number, 'unauthorized' | 'detail' | 'html'> = {
  401: 'unauthorized',
  404: 'detail',
  502: 'html',
  504: 'html',
}

function answerModels({ stub }: RouteInput): Reply {
  const engine = stub.book.engine()
  const { modelsStatus: status, modelsShape } = engine
  if (status === 200 && modelsShape === 'auto') {
    const data = listServedModels(engine).map((id) => buildModelCard({ id, engine }))
    return json({ object: 'list', data })
  }
  const shape = modelsShape === 'auto' ? (SHAPE_BY_STATUS[status] ?? 'nested') : modelsShape
  return { status, ...buildFaultyBody({ status, shape }) }
}

const ROUTES: Record<string, Partial<Record<'GET' | 'POST', Route>>> = {
  '/health': { GET: answerHealth },
  '/ping': { GET: answerHealth, POST: answerHealth },
  '/version': { GET: ({ stub }) => json({ version: stub.book.engine().version }) },
  // Always 0: requests are counted with --enable-server-load-tracking only.
  '/load': { GET: () => json({ server_load: 0 }) },
  '/kv_event_sources': { GET: () => json({}) },
  '/is_sleeping': { GET: ({ stub }) => json({ is_sleeping: stub.book.engine().sleeping }) },
  '/metrics': {
    GET: ({ stub, http, startedAtSeconds }) => ({
      status: 200,
      body: renderMetrics({ engine: stub.book.engine(), core: stub.core, http, startedAtSeconds }),
      contentType: 'text/plain; version=1.0.0; charset=utf-8',
    }),
  },
  '/v1/models': { GET: answerModels },
  '/tokenize': {
    POST: ({ stub, request, body }) => ({
      status: 200,
      body: answerTokenize({
        raw: body,
        contentType: request.headers['content-type'],
        engine: stub.book.engine(),
      }),
      contentType: JSON_TYPE,
    }),
  },
  '/reset_prefix_cache': {
    POST: ({ stub }) => {
      stub.core.clearCache()
      return json({ success: true })
    },
  },
  '/sleep': {
    POST: ({ stub }) => {
      stub.book.merge({ sleeping: true })
      stub.core.update()
      return json({ status: 'sleeping', level: 1 })
    },
  },
  '/wake_up': {
    POST: ({ stub }) => {
      stub.book.merge({ sleeping: false })
      stub.core.update()
      return json({ status: 'awake', tags: null })
    },
  },
}

export type FoundRoute =
  | { kind: 'route'; route: Route }
  | { kind: 'chat' }
  | { kind: 'method'; allow: string }
  | { kind: 'none' }

/** The chat completions are a route of their own kind: theirs is the only answer that takes time. */
export function findRoute(options: { path: string; method: string }): FoundRoute {
  const { path, method } = options
  if (path === '/v1/chat/completions') {
    return method === 'POST' ? { kind: 'chat' } : { kind: 'method', allow: 'POST' }
  }
  const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined
  if (methods === undefined) return { kind: 'none' }
  const route = method === 'GET' || method === 'POST' ? methods[method] : undefined
  if (route !== undefined) return { kind: 'route', route }
  return { kind: 'method', allow: Object.keys(methods).join(', ') }
}
