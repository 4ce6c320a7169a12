import { createBatchFiles } from '@/lib/batch-files/create-batch-files'
import type { UpstreamCall } from '@/lib/domain/reply-trace'
import { type BatchRegistry, createBatchRegistry } from '../create-batch-registry'
import { toChunks } from './collect-entries'
import { createFakeEngine, type FakeEngine, type Script } from './fake-engine'

export type RegistrySetup = {
  registry: BatchRegistry
  fake: FakeEngine
  chat: { isWaiting: boolean }
  engine: { canSend: boolean }
  calls: Omit<UpstreamCall, 'id'>[]
  errors: unknown[]
}

/** A registry that keeps its batches in this folder and asks the fake engine; not opened yet. */
export function setUpRegistry(options: {
  folder: string
  script: ((question: string) => readonly Script[]) | undefined
}): RegistrySetup {
  const fake = createFakeEngine(options.script)
  const chat = { isWaiting: false }
  const engine = { canSend: true }
  const calls: RegistrySetup['calls'] = []
  const errors: unknown[] = []
  const log = () => undefined
  const registry = createBatchRegistry({
    store: createBatchFiles(options.folder),
    engine: fake.engine,
    readiness: () => ({ ...engine, model: { id: 'served' } }),
    isChatWaiting: () => chat.isWaiting,
    systemPrompt: 'SYSTEM',
    logger: { info: log, warn: log, error: (fields) => void errors.push(fields.err) },
    enterCall: (call) => void calls.push(call),
  })
  return { registry, fake, chat, engine, calls, errors }
}

/** @returns the id of a batch that was looked through, one question a line */
export async function upload(registry: BatchRegistry, text: string): Promise<string> {
  const { id } = await registry.create({ name: 'list', chunks: toChunks(text) })
  await registry.prepare({ id, reading: { format: 'lines' } })
  return id
}

/** The questions of the results that there are, in the order of the input. */
export async function readResults(registry: BatchRegistry, id: string): Promise<string[]> {
  let text = ''
  for await (const piece of registry.writeResults({ id, format: 'jsonl', order: 'input' })) {
    text += piece
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).prompt)
}
