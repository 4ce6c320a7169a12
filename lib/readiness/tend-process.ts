import { isAppError } from '@/lib/domain/error'
import { isSendable } from '@/lib/domain/readiness'
import { buildWarmUpMessages } from '@/lib/prompt/build-messages'
import {
  createController,
  type EngineWatch,
  release,
  runTask,
  type UpstreamCall,
  type WatchedEngine,
} from './engine-watch'
import { finishWarmUp, type PhaseState } from './next-phase'

const WARM_UP_TIMEOUT_MS = 10_000
const TOKENIZE_TIMEOUT_MS = 3000

/** Puts the new phase in force, tells the log of a change, and does what a new process needs. */
export function setPhase(watch: EngineWatch, next: PhaseState): void {
  const previous = watch.phase
  watch.phase = next
  const { log } = watch.options
  const { phase, details, admission } = next
  if (phase !== previous.phase) {
    log.info({ phase, previousPhase: previous.phase, details }, 'the engine changed its phase')
  }
  if (admission.epoch !== previous.admission.epoch && admission.status === 'admitted') {
    const reason = watch.settings.isWarmUpEnabled ? 'busy' : 'disabled'
    log.info({ reason }, 'no warm-up for this engine')
  }
  tendProcess(watch)
}

function tendProcess(watch: EngineWatch): void {
  const { engine } = watch.options
  const { phase, model, admission } = watch.phase
  const { warmUp } = watch
  const isWarming = admission.status === 'warming'
  if (warmUp !== undefined && !(isWarming && warmUp.epoch === admission.epoch)) {
    warmUp.controller.abort()
  }
  if (engine === undefined || model === undefined || watch.stopping.signal.aborted) return
  if (phase === 'warming' && watch.warmUp?.epoch !== admission.epoch) {
    warm({ watch, engine, model: model.id })
  }
  if (isSendable(phase) && watch.prompt.epoch !== admission.epoch) {
    countPrompt({ watch, engine, model: model.id })
  }
}

type Call = { watch: EngineWatch; engine: WatchedEngine; model: string }

/** One token puts the prompt's blocks into the new engine's cache. Should it fail, the gate opens all the same. */
function warm({ watch, engine, model }: Call): void {
  const { epoch } = watch.phase.admission
  const controller = createController(watch)
  const warmUp = { epoch, controller }
  watch.warmUp = warmUp
  runTask(watch, async () => {
    await callEngine({ watch, kind: 'warm-up', controller }, (signal) =>
      engine.completeOneToken({
        model,
        messages: buildWarmUpMessages(watch.options.systemPrompt),
        signal,
        timeoutMs: WARM_UP_TIMEOUT_MS,
      }),
    )
    if (watch.warmUp === warmUp) watch.warmUp = undefined
    if (watch.stopping.signal.aborted) return
    const { phase: state, settings, options } = watch
    setPhase(watch, finishWarmUp({ state, settings, epoch, nowMs: options.now() }))
  })
}

function countPrompt({ watch, engine, model }: Call): void {
  const { epoch } = watch.phase.admission
  const prompt = { epoch, tokens: undefined }
  watch.prompt = prompt
  const controller = createController(watch)
  runTask(watch, async () => {
    const counted = await callEngine({ watch, kind: 'tokenize', controller }, (signal) =>
      engine.tokenize({
        model,
        messages: [{ role: 'system', content: watch.options.systemPrompt }],
        addGenerationPrompt: false,
        signal,
        timeoutMs: TOKENIZE_TIMEOUT_MS,
      }),
    )
    if (watch.prompt === prompt) watch.prompt = { epoch, tokens: counted?.count }
  })
}

/** `undefined` where it failed; the ledger and the log have why. Never rejects. */
async function callEngine<T>(
  call: { watch: EngineWatch; kind: UpstreamCall['kind']; controller: AbortController },
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const { watch, kind, controller } = call
  const { now, wallNow } = watch.options
  const startedAtMs = wallNow()
  const beganMs = now()
  const enter = (outcome: UpstreamCall['outcome']) =>
    enterCall(watch, { kind, startedAtMs, durationMs: now() - beganMs, outcome })
  try {
    const value = await ask(controller.signal)
    enter('ok')
    return value
  } catch (error) {
    if (controller.signal.aborted) {
      enter('aborted')
      return undefined
    }
    const code = isAppError(error) ? error.code : 'internal'
    enter(code)
    watch.options.log.warn({ kind, code }, 'a call to the engine failed')
    return undefined
  } finally {
    release(watch, controller)
  }
}

function enterCall(watch: EngineWatch, call: UpstreamCall): void {
  try {
    watch.options.onUpstreamCall?.(call)
  } catch (error) {
    watch.options.log.warn({ err: error }, 'the ledger of upstream calls failed')
  }
}
