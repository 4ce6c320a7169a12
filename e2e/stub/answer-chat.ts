import { randomBytes } from 'node:crypto'
import {
  buildCompletion,
  buildRoleChunk,
  buildTokenChunk,
  buildUsageChunk,
  type ChunkHead,
  type PromptEcho,
} from './chat-chunks.ts'
import { toFingerprint } from './fingerprint.ts'
import { cutConnection, type LiveRequest, RequestEnded, type Stub } from './live-request.ts'
import type { ChatRequest } from './parse-chat-request.ts'
import { nowEpochMs } from './recorder.ts'
import { openStream, sendRefusal, sendReply } from './reply.ts'
import type { GenerateOptions, Generation } from './run-generation.ts'
import { createStreamWriter, type StreamWriter } from './stream-writer.ts'
import { buildErrorEvent, ENGINE_DEAD, HTML_PAGE, refuse, refuseAsScripted } from './wire-error.ts'

/** A request that passed validation: its prompt is known and fits. */
export type PreparedChat = {
  request: ChatRequest
  promptIds: number[]
  promptText: string
  limit: number
  model: string
}

type Run = { stub: Stub; live: LiveRequest; chat: PreparedChat }

class ScriptedEnd extends Error {}

function toEcho(chat: PreparedChat): PromptEcho {
  return {
    prompt_token_ids: chat.request.returnsTokenIds ? chat.promptIds : null,
    prompt_text: chat.request.returnsPromptText ? chat.promptText : null,
  }
}

function toHead({ live, chat }: Run): ChunkHead {
  const created = Math.floor(Date.now() / 1000)
  const { id, scenario } = live
  return { id, created, model: chat.model, fingerprint: toFingerprint(scenario) }
}

function toGenerateOptions(run: Run): Omit<GenerateOptions, 'onStep'> {
  const { stub, live, chat } = run
  return {
    request: chat.request,
    scenario: live.scenario,
    promptIds: chat.promptIds,
    limit: chat.limit,
    signal: live.signal,
    onScheduled: (generation) => {
      live.record.scheduledAtMs = nowEpochMs()
      live.record.promptTokens = generation.promptTokens
      live.record.cachedTokens = generation.cachedTokens
      stub.recorder.changed()
    },
  }
}

/** Answers that have nothing to do with a model. @returns whether one was sent */
function sendScriptedReply({ live }: Run): boolean {
  const { scenario, context, request, response } = live
  if (scenario.error?.when === 'first') {
    const refusal = refuseAsScripted(scenario.error)
    sendRefusal({ request, response, context, refusal })
    return true
  }
  if (scenario.redirectTo !== '') {
    const headers = { location: scenario.redirectTo }
    const reply = { status: scenario.redirectStatus, body: '', headers }
    sendReply({ request, response, context, reply })
    return true
  }
  if (scenario.html) {
    const reply = { status: 200, body: HTML_PAGE, contentType: 'text/html' }
    sendReply({ request, response, context, reply })
    return true
  }
  return false
}

/** The clock is one for all processes of the machine, so whoever reads the text knows how long it took. */
function stamp(): string {
  return `${process.hrtime.bigint() / 1000n} `
}

function countSent(options: { run: Run; text: string }): void {
  const { record } = options.run.live
  record.tokensSent += 1
  record.textSent += options.text
  options.run.stub.recorder.changed()
}

/** What the scenario wants to happen once so many tokens have left. */
async function applyFaults(options: {
  run: Run
  writer: StreamWriter | undefined
  tokens: number
}): Promise<void> {
  const { run, writer, tokens } = options
  const { cut, error, giantLineBytes, malformedLines } = run.live.scenario
  if (tokens === 1 && writer !== undefined) {
    if (giantLineBytes > 0) await writer.writeGiantLine(giantLineBytes)
    for (let line = 0; line < malformedLines; line += 1) {
      await writer.writeData('{"id":"chatcmpl-broken","choices":[{"index":0,"delta":{"con')
    }
  }
  if (cut?.afterTokens === tokens) throw new RequestEnded({ kind: 'cut', how: cut.how })
  if (error?.when === 'mid' && error.afterTokens === tokens) throw new ScriptedEnd()
}

async function writeStep(options: {
  run: Run
  head: ChunkHead
  writer: StreamWriter
  generation: Generation
  index: number
}): Promise<void> {
  const { run, head, writer, generation, index } = options
  const { scenario } = run.live
  const { request } = run.chat
  const { promptTokens, answer } = generation
  const scripted = answer.steps[index]
  if (scripted === undefined) return
  if (index === 0) {
    await applyFaults({ run, writer, tokens: 0 })
    const usageFor = request.continuousUsage ? promptTokens : undefined
    await writer.writeData(buildRoleChunk({ head, echo: toEcho(run.chat), usageFor }))
  }
  const isStamped = scenario.stampTokens && scripted.text !== ''
  const step = isStamped ? { ...scripted, text: stamp() } : scripted
  const isLast = index === answer.steps.length - 1
  const finish = isLast && !scenario.noFinish ? answer : undefined
  await writer.writeData(
    buildTokenChunk({
      head,
      step,
      reasoningField: scenario.reasoningField,
      tokenIds: request.returnsTokenIds ? [step.tokenId] : null,
      finish,
      usage: request.continuousUsage ? { promptTokens, completionTokens: index + 1 } : undefined,
      hasFingerprint: finish !== undefined && !request.includesUsage,
    }),
  )
  countSent({ run, text: step.text })
  await applyFaults({ run, writer, tokens: index + 1 })
}

async function streamAnswer(run: Run): Promise<void> {
  const { stub, live, chat } = run
  const { request, response, context, scenario, record } = live
  const head = toHead(run)
  openStream({ request, response, context })
  const onFirstByte = () => {
    record.firstByteAtMs = nowEpochMs()
    stub.recorder.changed()
  }
  const writer = createStreamWriter({ response, scenario, onFirstByte })
  try {
    if (!scenario.bareDone) {
      const generation = await stub.core.generate({
        ...toGenerateOptions(run),
        onStep: (step) => writeStep({ run, head, writer, ...step }),
      })
      if (chat.request.includesUsage && scenario.includeUsage && !scenario.noFinish) {
        await writer.writeData(buildUsageChunk({ head, generation, scenario }))
      }
    }
  } catch (error) {
    await writeFailure({ writer, live, error })
  } finally {
    writer.dispose()
  }
  if (!scenario.noDone) await writer.writeData('[DONE]')
  stub.recorder.end({ request: record, closedBy: 'stub' })
  await writer.end()
}

async function writeFailure(options: {
  writer: StreamWriter
  live: LiveRequest
  error: unknown
}): Promise<void> {
  const { writer, live, error } = options
  if (error instanceof RequestEnded && error.endCause.kind === 'dead') {
    const data = buildErrorEvent({ status: 500, shape: 'nested', message: ENGINE_DEAD })
    await writer.writeData(data)
    return
  }
  if (!(error instanceof ScriptedEnd) || live.scenario.error === null) throw error
  await writer.writeData(buildErrorEvent(live.scenario.error))
}

async function completeAnswer(run: Run): Promise<void> {
  const { stub, live, chat } = run
  const { request, response, context, scenario, record } = live
  const head = toHead(run)
  try {
    const generation = await stub.core.generate({
      ...toGenerateOptions(run),
      onStep: async ({ index }) => {
        if (index === 0) await applyFaults({ run, writer: undefined, tokens: 0 })
        await applyFaults({ run, writer: undefined, tokens: index + 1 })
      },
    })
    for (const step of generation.answer.steps) countSent({ run, text: step.text })
    const withTokenIds = chat.request.returnsTokenIds
    const echo = toEcho(chat)
    const body = buildCompletion({ head, generation, scenario, echo, withTokenIds })
    record.firstByteAtMs = nowEpochMs()
    stub.recorder.end({ request: record, closedBy: 'stub' })
    const reply = { status: 200, body, contentType: 'application/json' }
    sendReply({ request, response, context, reply })
  } catch (error) {
    const isDead = error instanceof RequestEnded && error.endCause.kind === 'dead'
    if (!isDead && !(error instanceof ScriptedEnd)) throw error
    const refusal =
      isDead || scenario.error === null
        ? refuse({ status: 500, message: ENGINE_DEAD })
        : refuseAsScripted(scenario.error)
    stub.recorder.end({ request: record, closedBy: 'stub' })
    sendRefusal({ request, response, context, refusal })
  }
}

function logEnd(options: { run: Run; internalId: string; error: RequestEnded }): void {
  const { run, internalId, error } = options
  if (!run.live.scenario.logRequests) return
  if (error.endCause.kind === 'client') run.stub.log.aborted({ id: run.live.id, internalId })
}

/** Answers one chat completion, whatever becomes of it. */
export async function answerChat(run: Run): Promise<void> {
  const { stub, live, chat } = run
  if (sendScriptedReply(run)) {
    stub.recorder.end({ request: live.record, closedBy: 'stub' })
    return
  }
  const internalId = `${live.id}-${randomBytes(4).toString('hex')}`
  if (live.scenario.logRequests) {
    stub.log.received({ id: live.id, internalId, request: chat.request, limit: chat.limit })
  }
  try {
    await (chat.request.isStream ? streamAnswer(run) : completeAnswer(run))
  } catch (error) {
    if (!(error instanceof RequestEnded)) throw error
    logEnd({ run, internalId, error })
    if (error.endCause.kind !== 'cut') return
    stub.recorder.end({ request: live.record, closedBy: 'stub' })
    await cutConnection({ response: live.response, how: error.endCause.how })
  }
}
