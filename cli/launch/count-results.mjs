import { readFileSync } from 'node:fs'

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** A suite that broke down, or told of no test at all, is one failure, whatever else it said. */
function settle({ passed, failed, exitCode }) {
  const isHonest = failed > 0 || (exitCode === 0 && passed > 0)
  return { passed, failed: isHonest ? failed : 1 }
}

/** A file that cannot even be loaded has no test in the report: it counts as one that failed. */
export function countVitest({ file, exitCode }) {
  const report = readJson(file)
  const broken = (report?.testResults ?? []).filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return settle({
    passed: report?.numPassedTests ?? 0,
    failed: (report?.numFailedTests ?? 0) + broken.length,
    exitCode,
  })
}

/** A test that passed when it was repeated counts as passed, and is named. */
export function countPlaywright({ file, exitCode }) {
  const report = readJson(file)
  const { expected = 0, unexpected = 0, flaky = 0 } = report?.stats ?? {}
  const broken = report?.errors?.length ?? 0
  const counts = settle({ passed: expected + flaky, failed: unexpected + broken, exitCode })
  return flaky === 0 ? counts : { ...counts, repeated: listFlaky(report.suites ?? []) }
}

function listFlaky(suites) {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [
    ...specs
      .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
      .map(({ file, line, title }) => `${file}:${line} › ${title}`),
    ...listFlaky(inner),
  ])
}

export function countCheck({ exitCode }) {
  return settle({ passed: exitCode === 0 ? 1 : 0, failed: 0, exitCode })
}
