import { spawn } from 'node:child_process'

/** One card as `nvidia-smi` shows it; its total holds what the driver keeps for itself. */
export type Card = {
  index: number
  name: string
  totalGib: number
  freeGib: number
  computeCapability: number | undefined
}

const QUERY = 'index,name,memory.total,memory.free,compute_cap'
const TIMEOUT_MS = 10_000

/** `absent`: there is no such program; else why it gave no cards. */
export type GpuReading = { cards: Card[] } | { absent: true } | { problem: string }

/** Never rejects. Only the cards that CUDA_VISIBLE_DEVICES leaves visible, where it names them by number. */
export async function readGpus({
  visibleDevices,
}: {
  visibleDevices: string | undefined
}): Promise<GpuReading> {
  const ran = await run([`--query-gpu=${QUERY}`, '--format=csv,noheader,nounits'])
  if ('absent' in ran) return ran
  if (ran.exitCode !== 0) return { problem: firstLine(ran.output) || `exit code ${ran.exitCode}` }
  return { cards: onlyVisible({ cards: parseCards(ran.output), visibleDevices }) }
}

/** Lines such as `0, NVIDIA GeForce RTX 4090, 24564, 23028, 8.9`; sizes in MiB. */
export function parseCards(text: string): Card[] {
  return text.split('\n').flatMap((line) => {
    const parts = line.split(',').map((part) => part.trim())
    const [index, name = '', total, free, capability] = parts
    const card = {
      index: Number(index),
      name: name.replace(/^NVIDIA\s+(?:GeForce\s+)?/i, ''),
      totalGib: Number(total) / 1024,
      freeGib: Number(free) / 1024,
      computeCapability: Number(capability) || undefined,
    }
    const isWhole = parts.length >= 4 && Number.isFinite(card.totalGib + card.freeGib + card.index)
    return isWhole ? [card] : []
  })
}

function onlyVisible({
  cards,
  visibleDevices,
}: {
  cards: Card[]
  visibleDevices: string | undefined
}): Card[] {
  const numbers = visibleDevices?.split(',').map((text) => text.trim()) ?? []
  if (numbers.length === 0 || !numbers.every((text) => /^\d+$/.test(text))) return cards
  return numbers.flatMap((text) => cards.filter(({ index }) => index === Number(text)))
}

function run(args: string[]): Promise<{ absent: true } | { exitCode: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('nvidia-smi', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Unlike `timeout`, it holds nobody who has the answer.
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      output += String(chunk)
    })
    child.once('error', ({ name }) => {
      if (name === 'AbortError') resolve({ exitCode: 1, output: 'no answer in 10 s' })
      else resolve({ absent: true })
    })
    child.once('close', (code) => resolve({ exitCode: code ?? 1, output }))
  })
}

function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').trim()
}
