import { type Finding, type Fix, findFlag, type LintContext, toFinding } from './lint-finding'

/** Settings of the environment that are gone, with the first minor version without them. */
const GONE_SETTINGS: Record<string, number> = {
  VLLM_USE_V1: 12,
  VLLM_USE_TRITON_FLASH_ATTN: 12,
  VLLM_ATTENTION_BACKEND: 15,
  VLLM_FLASH_ATTN_VERSION: 15,
}

const LOCAL_HOST = /^(?:127\.\d+\.\d+\.\d+|localhost|::1)$/

/** Who can reach it, and what a stranger could do. */
export function lintSafety(context: LintContext): Finding[] {
  return [
    ...lintNetwork(context),
    ...lintKey(context),
    ...lintRemoteCode(context),
    ...lintEnvironment(context),
    ...lintContainer(context),
  ]
}

function plain(options: Pick<Finding, 'code' | 'severity' | 'flag'> & Partial<Finding>): Finding {
  return { values: {}, fix: undefined, target: undefined, ...options }
}

/** Without `--host` vLLM listens on every address of the machine; a container publishes what it is told. */
function findOpenAddress(context: LintContext): string | undefined {
  const { docker } = context.command
  const host = findFlag(context, 'host')?.value
  if (docker === undefined || docker.isHostNetwork) {
    return host !== undefined && LOCAL_HOST.test(host) ? undefined : (host ?? '0.0.0.0')
  }
  const open = docker.published.find((published) => {
    const parts = published.split(':')
    return parts.length < 3 || !LOCAL_HOST.test(parts[0] ?? '')
  })
  return open
}

function lintNetwork(context: LintContext): Finding[] {
  const hasKey = findFlag(context, 'api-key') !== undefined || 'VLLM_API_KEY' in context.command.env
  const address = findOpenAddress(context)
  if (address === undefined || hasKey) return []
  const target = findFlag(context, 'host')
  const values = { address }
  const { docker } = context.command
  if (docker !== undefined && !docker.isHostNetwork) {
    return [plain({ code: 'open-to-network', severity: 'warning', flag: '--publish', values })]
  }
  if (target === undefined) {
    const words = ['--host', '127.0.0.1']
    return [
      plain({
        code: 'open-to-network',
        severity: 'warning',
        flag: '--host',
        values,
        fix: { kind: 'add', words },
      }),
    ]
  }
  const fix: Fix = { kind: 'replace', words: [target.written, '127.0.0.1'] }
  return [toFinding({ code: 'open-to-network', severity: 'warning', target, values, fix })]
}

function lintKey(context: LintContext): Finding[] {
  const target = findFlag(context, 'api-key')
  if (target?.value === undefined || target.value.startsWith('$')) return []
  return [toFinding({ code: 'key-in-command', severity: 'warning', target })]
}

function lintRemoteCode(context: LintContext): Finding[] {
  const target = findFlag(context, 'trust-remote-code')
  if (target === undefined || target.isNegated) return []
  return [toFinding({ code: 'remote-code', severity: 'warning', target, fix: { kind: 'remove' } })]
}

function lintEnvironment({ command: { env }, version }: LintContext): Finding[] {
  const findings: Finding[] = []
  if ('VLLM_SERVER_DEV_MODE' in env && env.VLLM_SERVER_DEV_MODE !== '0') {
    findings.push(plain({ code: 'dev-mode', severity: 'error', flag: 'VLLM_SERVER_DEV_MODE' }))
  }
  if ('VLLM_ALLOW_LONG_MAX_MODEL_LEN' in env && env.VLLM_ALLOW_LONG_MAX_MODEL_LEN !== '0') {
    const flag = 'VLLM_ALLOW_LONG_MAX_MODEL_LEN'
    findings.push(plain({ code: 'env-long-context', severity: 'warning', flag }))
  }
  for (const [flag, minor] of Object.entries(GONE_SETTINGS)) {
    if (!(flag in env) || version.minor < minor) continue
    const values = { removed: `0.${minor}` }
    findings.push(plain({ code: 'env-removed', severity: 'warning', flag, values }))
  }
  return findings
}

function lintContainer(context: LintContext): Finding[] {
  const { docker } = context.command
  if (docker === undefined) return []
  const findings: Finding[] = []
  if (docker.tag === '' || /^(?:latest|nightly)/.test(docker.tag)) {
    const values = { pinned: `v${context.version.text}` }
    findings.push(
      plain({ code: 'image-not-pinned', severity: 'warning', flag: docker.image, values }),
    )
  }
  const gpuCount = Number(findFlag(context, 'tensor-parallel-size')?.value ?? 1)
  if (gpuCount > 1 && !docker.hasSharedMemory) {
    const values = { gpuCount }
    findings.push(
      plain({ code: 'shared-memory-missing', severity: 'error', flag: '--ipc=host', values }),
    )
  }
  return findings
}
