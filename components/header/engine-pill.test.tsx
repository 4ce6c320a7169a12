// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { readinessOf, renderPage } from '@/components/providers/__fixtures__/render-page'
import { ReadinessProvider } from '@/components/providers/readiness-provider'
import { createReadinessStore } from '@/lib/client/readiness-store'
import type { Readiness, StartProgress } from '@/lib/domain/readiness'
import { EnginePill } from './engine-pill'

afterEach(cleanup)

const model = { id: 'Qwen/Qwen3-4B-Instruct-2507', root: '/models/qwen3', maxModelLen: 262_144 }
const start: StartProgress = {
  stage: 'weights',
  progress: 0.439,
  elapsedMs: 1,
  sinceLastLineMs: 1,
  isStuck: false,
  stages: [],
  facts: {},
}

function renderPill(initial: Readiness) {
  const store = createReadinessStore({
    initial,
    page: { isHidden: () => false, onWake: () => () => undefined },
    sleep: () => new Promise(() => undefined),
  })
  renderPage(
    <ReadinessProvider initial={initial} store={store}>
      <EnginePill />
    </ReadinessProvider>,
  )
  return store
}

/** The browser's own event; happy-dom has no popovers. */
function open() {
  const panel = screen.getByRole('dialog', { name: 'Engine', hidden: true })
  fireEvent(panel, Object.assign(new Event('beforetoggle'), { newState: 'open' }))
  return within(panel)
}

describe('EnginePill', () => {
  it.each([
    ['ready', readinessOf({ model }), 'Engine: Qwen3-4B-Instruct-2507 · ready'],
    [
      'full',
      readinessOf({
        phase: 'saturated',
        model,
        load: { runningRequests: 64, waitingRequests: 7 },
      }),
      'Engine: Qwen3-4B-Instruct-2507 · waiting 7',
    ],
    ['loading with a log', readinessOf({ phase: 'loading', start }), 'Engine: loading 43 %'],
    ['loading without one', readinessOf({ phase: 'loading' }), 'Engine: loading'],
    [
      'the local one',
      readinessOf({ isLocal: true, model: { id: 'SmolLM2-135M-Instruct' } }),
      'Engine: SmolLM2-135M-Instruct · local · ready',
    ],
    ['gone', readinessOf({ phase: 'unreachable' }), 'Engine: Engine not reachable'],
  ])('says in a few words that the engine is %s', (_, readiness, name) => {
    renderPill(readiness)
    screen.getByRole('button', { name })
  })

  it('says when the page has lost its own server', () => {
    const store = renderPill(readinessOf({ model }))
    act(() => store.setState({ isAppReachable: false }))
    screen.getByRole('button', { name: /App not reachable/ })
  })

  it('has the facts of the engine in its panel, and names what is not reported', () => {
    renderPill(
      readinessOf({
        model,
        engineVersion: '0.32.0',
        load: { runningRequests: 3, waitingRequests: 0, kvCacheUsage: 0.1234 },
        systemPrompt: { sha256: 'x', tokens: 251, blockSizeTokens: 16, isCacheable: true },
      }),
    )
    expect(screen.queryByText('262,144 tokens')).toBeNull()
    const panel = open()
    for (const text of [
      model.id,
      '/models/qwen3',
      'http://127.0.0.1:8000/v1',
      '0.32.0',
      '262,144 tokens',
      '3 running, 0 waiting',
      '12.3 %',
    ]) {
      panel.getByText(text)
    }
    panel.getByText(/fills a cache block/)
    cleanup()
    renderPill(readinessOf({}))
    expect(open().getAllByText('not reported')).toHaveLength(5)
  })

  it('says of the local engine what it is, and names no vLLM', () => {
    renderPill(
      readinessOf({
        phase: 'saturated',
        isLocal: true,
        details: { localModel: 'SmolLM2-135M' },
        engineVersion: '0.1.0+node-llama-cpp.3.22.1',
      }),
    )
    const panel = open()
    panel.getByText(/^Local engine: SmolLM2-135M on this CPU\./)
    panel.getByText(/one question at a time/)
    expect(panel.queryByText('vLLM')).toBeNull()
  })
})
