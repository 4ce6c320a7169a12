import {
  type EngineLoad,
  isSendable,
  type Readiness,
  type StartFailure,
  type StartProgress,
  type SystemPromptFacts,
} from '@/lib/domain/readiness'
import type { EngineWatch } from './engine-watch'
import { type Hidden, hideInDetails, hideSecrets, toShownAddress } from './hide-secrets'
import { toLogEvidence, toStartFailure, toStartProgress } from './start-progress'

/** After that a finished start is no news. */
const RECENT_START_MS = 60_000

/** What the watch knows at this moment, as it may be shown to a browser. */
export function toReadiness(watch: EngineWatch): Readiness {
  const { options, phase: state, version, logStatus } = watch
  const { engineUrl, isDemo, localStart } = options
  const { phase, details, model, servedModels, sinceMs } = state
  const nowMs = options.now()
  const load = toLoad(watch)
  const start = toStart({ watch, nowMs })
  const failure = toFailure({ watch, nowMs })
  const isKnown = servedModels.length > 0
  return {
    phase,
    canSend: isSendable(phase),
    phaseElapsedMs: Math.max(0, nowMs - sinceMs),
    details: localStart === undefined ? details : { ...details, localModel: localStart.modelName },
    engineUrl: toShownAddress(engineUrl.isValid ? engineUrl.baseUrl : engineUrl.value),
    ...(isKnown && version !== undefined ? { engineVersion: version } : {}),
    ...(model === undefined ? {} : { model }),
    servedModels: [...servedModels],
    ...(load === undefined ? {} : { load }),
    ...(start === undefined ? {} : { start }),
    ...(failure === undefined ? {} : { failure }),
    log: logStatus,
    systemPrompt: toPromptFacts(watch),
    isLocal: localStart !== undefined,
    isDemo,
  }
}

/** As long as the engine serves; on a look that got no metrics, those of the last one. */
export function toLoad({ phase, metrics }: EngineWatch): EngineLoad | undefined {
  if (phase.model === undefined || metrics === undefined) return undefined
  const { runningRequests, waitingRequests, kvCacheUsage } = metrics
  if (runningRequests === undefined || waitingRequests === undefined) return undefined
  return {
    runningRequests,
    waitingRequests,
    ...(kvCacheUsage === undefined ? {} : { kvCacheUsage }),
  }
}

type Moment = { watch: EngineWatch; nowMs: number }

function toStart({ watch, nowMs }: Moment): StartProgress | undefined {
  const { start: state, phase } = watch
  const { localStart } = watch.options
  if (localStart !== undefined) {
    const isShut = phase.model === undefined || phase.phase === 'warming'
    return isShut ? localStart.look().progress : undefined
  }
  const evidence = toLogEvidence({ state, nowMs })
  const isUnderWay = evidence === 'starting' || evidence === 'failed'
  const readyAtMs = state.run?.readyAtMs
  const isJustOver =
    phase.phase === 'warming' && readyAtMs !== undefined && nowMs - readyAtMs < RECENT_START_MS
  if (!(isUnderWay && phase.model === undefined) && !isJustOver) return undefined
  const progress = toStartProgress({ state, nowMs })
  if (progress === undefined) return undefined
  const hidden = toHidden(watch)
  return { ...progress, facts: hideInDetails({ details: progress.facts, hidden }) }
}

function toFailure({ watch, nowMs }: Moment): StartFailure | undefined {
  if (watch.phase.model !== undefined) return undefined
  const { localStart } = watch.options
  const failure =
    localStart === undefined
      ? toStartFailure({ state: watch.start, nowMs })
      : localStart.look().failure
  if (failure === undefined) return undefined
  const hidden = toHidden(watch, failure)
  return {
    ...failure,
    details: hideInDetails({ details: failure.details, hidden }),
    line: hideSecrets({ text: failure.line, hidden }),
  }
}

/** Where the local engine's own files lie, its user has chosen. */
function toHidden({ options, start }: EngineWatch, failure?: StartFailure): Hidden {
  const shown = [start.run?.facts.model, options.localStart && failure?.details.path]
  return {
    apiKey: options.apiKey,
    modelNames: shown.filter((name) => typeof name === 'string'),
  }
}

/** Only whole blocks are cached, so a prompt that fills none never is. */
function toPromptFacts({ promptSha256, prompt, phase, metrics }: EngineWatch): SystemPromptFacts {
  const isPresent = prompt.epoch === phase.admission.epoch
  const tokens = isPresent ? prompt.tokens : undefined
  const { blockSizeTokens, isPrefixCachingEnabled } = metrics ?? {}
  const isMeasured = tokens !== undefined && blockSizeTokens !== undefined
  return {
    sha256: promptSha256,
    ...(tokens === undefined ? {} : { tokens }),
    ...(blockSizeTokens === undefined ? {} : { blockSizeTokens }),
    ...(isPrefixCachingEnabled === false
      ? { isCacheable: false }
      : isMeasured
        ? { isCacheable: tokens >= blockSizeTokens }
        : {}),
  }
}
