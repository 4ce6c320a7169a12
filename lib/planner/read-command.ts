import { parseVllmVersion, type VllmVersion } from './vllm-version'

export type CommandKind = 'serve' | 'module' | 'docker' | 'flags'

export type ReadCommand = {
  kind: CommandKind
  /** What stands before vLLM's own arguments, word by word. */
  prefix: string[]
  /** vLLM's own arguments. */
  args: string[]
  env: Record<string, string>
  docker: DockerRun | undefined
  /** Of the image's tag. */
  version: VllmVersion | undefined
}

export type DockerRun = {
  image: string
  /** Empty where the image has none, which means `latest`. */
  tag: string
  published: string[]
  isHostNetwork: boolean
  hasSharedMemory: boolean
}

const MODULE = /^vllm\.entrypoints\.(?:openai\.)?api_server$/
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s
const CONTAINER_TOOLS = /^(?:docker|podman|nerdctl)$/

/** Options of `docker run` that stand alone; every other one takes the next word. */
const ALONE = new Set([
  'detach',
  'init',
  'interactive',
  'no-healthcheck',
  'oom-kill-disable',
  'privileged',
  'publish-all',
  'quiet',
  'read-only',
  'rm',
  'sig-proxy',
  'tty',
])

function baseName(word: string): string {
  return word.split('/').at(-1) ?? word
}

function readEnv(words: readonly string[]): Record<string, string> {
  const found = words.map((word) => ASSIGNMENT.exec(word)).filter((match) => match !== null)
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]))
}

/** How vLLM is started, and with what; undefined where the words start no vLLM. */
export function readCommand(words: readonly string[]): ReadCommand | undefined {
  const tool = words.findIndex((word) => CONTAINER_TOOLS.test(baseName(word)))
  const run = words.indexOf('run', tool)
  if (tool !== -1 && run !== -1) return readDocker({ words, run })
  return readLocal(words)
}

function readLocal(words: readonly string[]): ReadCommand | undefined {
  const serve = words.findIndex(
    (word, index) => baseName(word) === 'vllm' && words[index + 1] === 'serve',
  )
  const module = words.findIndex(
    (word) => MODULE.test(word) || /(?:^|\/)api_server\.py$/.test(word),
  )
  const parts = (end: number) => ({
    prefix: words.slice(0, end),
    args: words.slice(end),
    env: readEnv(words.slice(0, end)),
    docker: undefined,
    version: undefined,
  })
  if (serve !== -1) return { kind: 'serve', ...parts(serve + 2) }
  if (module !== -1) return { kind: 'module', ...parts(module + 1) }
  return words[0]?.startsWith('--') ? { kind: 'flags', ...parts(0) } : undefined
}

type DockerOption = { name: string; value: string }

function readDocker({
  words,
  run,
}: {
  words: readonly string[]
  run: number
}): ReadCommand | undefined {
  const { options, end } = readDockerOptions({ words, from: run + 1 })
  const image = words[end]
  if (image === undefined) return undefined
  const entrypoint = options.filter(({ name }) => name === 'entrypoint').map(({ value }) => value)
  const inner = readLocal([...entrypoint, ...words.slice(end + 1)])
  const isWhole = inner !== undefined && inner.kind !== 'flags'
  const start = end + 1 + (isWhole ? inner.prefix.length - entrypoint.length : 0)
  const [, tag = ''] = /:([\w][\w.-]*)$/.exec(image) ?? []
  const version = parseVllmVersion(tag)
  const named = (...names: string[]) => options.filter(({ name }) => names.includes(name))
  const env = named('env', 'e').map(({ value }) => (value.includes('=') ? value : `${value}=`))
  return {
    kind: 'docker',
    prefix: words.slice(0, start),
    args: words.slice(start),
    env: { ...readEnv(words.slice(0, run)), ...readEnv(env) },
    docker: {
      image,
      tag,
      published: named('publish', 'p').map(({ value }) => value),
      isHostNetwork: named('network', 'net').some(({ value }) => value === 'host'),
      hasSharedMemory: named('ipc', 'shm-size').length > 0,
    },
    version: tag !== '' && tag !== 'latest' && 'value' in version ? version.value : undefined,
  }
}

function readDockerOptions({ words, from }: { words: readonly string[]; from: number }): {
  options: DockerOption[]
  end: number
} {
  const options: DockerOption[] = []
  let at = from
  while (words[at]?.startsWith('-')) {
    const word = words[at] ?? ''
    const [, long, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? []
    const short = /^-(\w)(.*)$/.exec(word)
    at += 1
    if (long !== undefined) {
      const takesNext = value === undefined && !ALONE.has(long)
      options.push({ name: long, value: value ?? (takesNext ? (words[at] ?? '') : '') })
      if (takesNext) at += 1
    } else if (/^-[ditP]+$/.test(word)) {
      options.push({ name: word.slice(1), value: '' })
    } else {
      const [, name = '', joined = ''] = short ?? []
      options.push({ name, value: joined === '' ? (words[at] ?? '') : joined.replace(/^=/, '') })
      if (joined === '') at += 1
    }
  }
  return { options, end: at }
}
