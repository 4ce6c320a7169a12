// @vitest-environment happy-dom
import { act, cleanup, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { readinessOf, renderPage } from '@/components/providers/__fixtures__/render-page'
import { ReadinessProvider } from '@/components/providers/readiness-provider'
import { createReadinessStore } from '@/lib/client/readiness-store'
import { PHASES, type Readiness, type StartProgress } from '@/lib/domain/readiness'
import { writeMessage } from '@/lib/i18n/__fixtures__/write-message'
import messages from '@/lib/i18n/messages/en.json'
import { Gate } from './gate'

afterEach(cleanup)

const page = { isHidden: () => false, onWake: () => () => undefined }

function renderGate(initial: Readiness, nowMs = 1000) {
  const clock = { nowMs }
  const store = createReadinessStore({
    initial,
    page,
    now: () => clock.nowMs,
    sleep: () => new Promise(() => undefined),
  })
  renderPage(
    <ReadinessProvider initial={initial} store={store}>
      <Gate />
    </ReadinessProvider>,
  )
  const set = (readiness: Readiness) => act(() => store.setState({ readiness }))
  return { store, set }
}

const start: StartProgress = {
  stage: 'weights',
  progress: 0.43,
  stagePercent: 66,
  elapsedMs: 72_000,
  lastStartMs: 108_000,
  sinceLastLineMs: 900,
  isStuck: false,
  stages: [
    { stage: 'starting', elapsedMs: 6000 },
    { stage: 'resolving', elapsedMs: 2000 },
  ],
  facts: {},
}

const SHUT = PHASES.filter((phase) => phase !== 'ready' && phase !== 'saturated')

describe('Gate', () => {
  it.each(SHUT)('says what is the matter and what to do: %s', (phase) => {
    const details = {
      host: 'gpu-1:8000',
      root: 'http://gpu-1:8000',
      wanted: 'wanted-model',
      served: 'served-model',
      running: 3,
      seconds: 31,
      status: 502,
    }
    renderGate(readinessOf({ phase, details }))
    const gate = screen.getByRole('region', { name: 'Engine status' })
    const status = within(gate).getByRole('status')
    const words = messages.phases[phase]
    expect(status.textContent).toContain(words.label)
    const fill = (message: string) => writeMessage({ message, details })
    expect(status.textContent).toContain(fill(words.sentence))
    expect(gate.textContent).toContain(fill(words.remedy))
  })

  it('says that the page lost its own server, and not what it last knew of the engine', () => {
    const { store } = renderGate(readinessOf({ phase: 'ready' }))
    act(() => store.setState({ isAppReachable: false }))
    expect(screen.getByRole('status').textContent).toContain('App not reachable')
    expect(screen.getByText('npm start').tagName).toBe('CODE')
  })

  it.each(['ready', 'saturated'] as const)('takes no room while the engine is %s', (phase) => {
    renderGate(readinessOf({ phase }))
    expect(screen.queryByRole('region')).toBeNull()
    expect(screen.getByRole('status').textContent).toBe('')
  })

  it('tells a screen reader, in the same status line, that it has opened', () => {
    const { set } = renderGate(readinessOf({ phase: 'unreachable' }))
    const status = screen.getByRole('status')
    set(readinessOf({ phase: 'ready' }))
    expect(screen.getByRole('status')).toBe(status)
    expect(status.textContent).toBe(messages.gate.nowOpen)
    expect(screen.queryByRole('region')).toBeNull()
  })

  it('shows the stages of a start with one bar, the clock against the last one, and what comes next', () => {
    renderGate(readinessOf({ phase: 'loading', start }))
    const bar = screen.getByRole('progressbar', { name: 'Start of the engine' })
    expect(bar.getAttribute('value')).toBe('43')
    expect(bar.getAttribute('aria-valuetext')).toBe('Loading the weights 66 %')
    screen.getByText('1:12 · last start took 1:48')
    screen.getByText('Next: Compiling')
    const items = screen.getAllByRole('listitem').map((item) => item.textContent)
    expect(items).toEqual([
      'Starting the serverdone6 s',
      "Reading the model's configurationdone2 s",
      'Downloading the weightsnot needed',
      'Loading the weightsnow 66 %',
      'Compilingto come',
      'Reserving the KV cacheto come',
      'Capturing CUDA graphsto come',
      'Opening the portto come',
      'Warming upto come',
    ])
    const current = screen
      .getAllByRole('listitem')
      .filter((item) => item.getAttribute('aria-current') === 'step')
    expect(current).toHaveLength(1)
  })

  it('does not read the clock out: only the sentence stands in the status line', () => {
    renderGate(readinessOf({ phase: 'loading', start }))
    expect(screen.getByRole('status').textContent).not.toMatch(/1:12|66|Next/)
  })

  it('goes on with the same list through the warm-up', () => {
    const { set } = renderGate(readinessOf({ phase: 'loading', start }))
    const count = screen.getAllByRole('listitem').length
    set(readinessOf({ phase: 'warming', start: { ...start, stage: 'started' } }))
    const items = screen.getAllByRole('listitem')
    expect(items).toHaveLength(count)
    expect(items.at(-1)?.getAttribute('aria-current')).toBe('step')
    expect(screen.queryByText(/^Next:/)).toBeNull()
  })

  it('names no last start where none is known, and says when the log has gone silent', () => {
    const { lastStartMs: _, ...first } = start
    renderGate(
      readinessOf({
        phase: 'loading',
        start: { ...first, isStuck: true, sinceLastLineMs: 75_000 },
      }),
    )
    screen.getByText('1:12')
    screen.getByText(/^No line in the log for 1:15\./)
  })

  it('shows the fatal line of a failed start with its sentence and its cure', () => {
    const failure = {
      code: 'kv-too-small',
      details: {
        maxModelLen: 262_144,
        neededGib: 36,
        availableGib: 10.2,
        suggestedMaxModelLen: 73728,
      },
      line: 'ValueError: To serve at least one request …',
    }
    renderGate(readinessOf({ phase: 'unreachable', failure, start }))
    const status = screen.getByRole('status')
    expect(status.textContent).toContain('The start failed')
    expect(status.textContent).toContain('(262144 tokens need 36 GiB, 10.2 GiB are there)')
    screen.getByText('--max-model-len 73728')
    screen.getByText(failure.line)
    expect(screen.queryByRole('progressbar')).toBeNull()
  })

  it('still shows the line of a failure that it has no words for', () => {
    const failure = { code: 'never-heard-of', details: {}, line: 'RuntimeError: boom' }
    renderGate(readinessOf({ phase: 'unreachable', failure }))
    expect(screen.getByRole('status').textContent).toContain(messages.failures.unlisted.sentence)
    screen.getByText('RuntimeError: boom')
  })

  it.each([
    ['off', 'Set ENGINE_LOG_FILE'],
    ['missing', 'is not there yet'],
    ['unreadable', 'cannot be read'],
  ] as const)('gives a hint when the log is %s', (log, expected) => {
    renderGate(readinessOf({ phase: 'unreachable', log }))
    expect(screen.getByRole('region').textContent).toContain(expected)
  })

  describe('of the local engine', () => {
    const local: Partial<Readiness> = {
      isLocal: true,
      details: { host: '127.0.0.1:40123', localModel: 'SmolLM2-135M' },
    }
    const fetching: StartProgress = {
      ...start,
      stage: 'downloading',
      stagePercent: 43,
      download: { doneMb: 40, totalMb: 94 },
      stages: [
        { stage: 'starting', elapsedMs: 300 },
        { stage: 'installing', elapsedMs: 9000 },
      ],
    }
    const offline = {
      code: 'local-no-network',
      details: { reason: 'no such host' },
      line: 'no such host',
    }

    it('says what it is, in every phase, and the way to one that is not', () => {
      for (const phase of SHUT) {
        renderGate(readinessOf({ phase, ...local }))
        expect(screen.getByRole('region').textContent).toContain(
          'Local engine: SmolLM2-135M on this CPU. Set OPENAI_BASE_URL for your vLLM. It is a taste, not vLLM',
        )
        cleanup()
      }
      renderGate(readinessOf({ phase: 'loading' }))
      expect(screen.getByRole('region').textContent).not.toContain('Local engine')
    })

    it('shows its own stages, with the megabytes of what is fetched', () => {
      const { set } = renderGate(readinessOf({ phase: 'loading', ...local, start: fetching }))
      const items = () => screen.getAllByRole('listitem').map((item) => item.textContent)
      expect(items()).toEqual([
        'Starting the serverdone0 s',
        'Installing the local enginedone9 s',
        'Downloading the weightsnow 40 of 94 MB',
        'Loading the weightsto come',
        'Warming upto come',
      ])
      const { stagePercent: _, ...install } = fetching
      set(
        readinessOf({
          phase: 'loading',
          ...local,
          start: { ...install, stage: 'installing', stages: [], download: { doneMb: 14 } },
        }),
      )
      expect(items()[1]).toBe('Installing the local enginenow 14 MB so far')
    })

    it('names what stopped it, the cure, the next try, and the way to the demo', () => {
      const failure = { ...offline, nextTryInMs: 8400 }
      renderGate(readinessOf({ phase: 'unreachable', ...local, failure }))
      expect(screen.getByRole('status').textContent).toContain('The start failed')
      expect(screen.getByRole('status').textContent).toContain(
        messages.failures['local-no-network'].sentence,
      )
      screen.getByText('Next try in 8 s.')
      expect(screen.getByText('npm run demo').tagName).toBe('CODE')
      screen.getByText('no such host')
    })

    it('does not promise to open by itself where it is not tried again', () => {
      const noPip = { code: 'local-no-pip', details: { python: 'none' }, line: 'no-pip' }
      renderGate(readinessOf({ phase: 'unreachable', ...local, failure: noPip }))
      expect(screen.getByRole('region').textContent).not.toMatch(/by itself|Next try/)
    })

    it('shows the try that is under way before the one that failed', () => {
      renderGate(readinessOf({ phase: 'loading', ...local, start: fetching, failure: offline }))
      expect(screen.getByRole('status').textContent).toContain('Loading the model')
      expect(screen.getAllByRole('listitem')).toHaveLength(5)
      screen.getByText(/^The try before this one ended:/)
    })

    it('does not call a start what ended while it served', () => {
      const failure = { code: 'local-crashed', details: { exit: 'SIGKILL' }, line: 'SIGKILL' }
      renderGate(readinessOf({ phase: 'unreachable', ...local, failure }))
      expect(screen.getByRole('status').textContent).toContain('The local engine ended')
      expect(screen.getByRole('status').textContent).toContain('(SIGKILL)')
    })
  })

  it('says that the answers are scripted', () => {
    renderGate(readinessOf({ phase: 'loading', isDemo: true }))
    screen.getByText(messages.app.demo)
  })
})
