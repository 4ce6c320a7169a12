import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A folder for data that can be out of room, and the settings of a server that keeps its data there. */
export type SmallDisk = {
  env: Record<string, string>
  dataDir: string
  fill: () => void
  free: () => void
  close: () => void
}

const PRELOAD = fileURLToPath(new URL('../harness/preload/full-disk.cjs', import.meta.url))

function isMounted(folder: string): boolean {
  try {
    const options = ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]
    execFileSync('mount', options, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** 12 MB in memory, filled to the last byte. */
function toRealDisk(folder: string): SmallDisk {
  const filler = join(folder, 'filler')
  return {
    env: { DATA_DIR: folder },
    dataDir: folder,
    fill: () => {
      try {
        execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'], { stdio: 'ignore' })
      } catch {
        // It ends with "No space left on device", which is what it was for.
      }
    },
    free: () => rmSync(filler),
    close: () => {
      execFileSync('umount', [folder])
      rmSync(folder, { recursive: true })
    },
  }
}

/** Where nothing may be mounted the driver says what it says on a full disk. */
function toFeignedDisk(folder: string): SmallDisk {
  const dataDir = join(folder, 'data')
  const sign = join(folder, 'full')
  mkdirSync(dataDir)
  return {
    env: { DATA_DIR: dataDir, NODE_OPTIONS: `--require ${PRELOAD}`, DISK_FULL_FILE: sign },
    dataDir,
    fill: () => writeFileSync(sign, ''),
    free: () => rmSync(sign),
    close: () => rmSync(folder, { recursive: true }),
  }
}

export function openSmallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'first-token-full-'))
  return isMounted(folder) ? toRealDisk(folder) : toFeignedDisk(folder)
}
