function pad(value: number): string {
  return String(value).padStart(2, '0')
}

/** `MM-DD HH:MM:SS`, local time, as vLLM's formatter writes it. */
function formatLogTime(date: Date): string {
  const day = `${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

export type LogOrigin = { process: 'APIServer' | 'EngineCore'; pid: number }

/** One record of vLLM's own logger; uvicorn's lines and progress bars have no such head. */
export function formatLogRecord(options: {
  origin: LogOrigin
  level?: 'INFO' | 'WARNING' | 'ERROR'
  source: string
  message: string
  at: Date
}): string {
  const { origin, level = 'INFO', source, message, at } = options
  const head = `(${origin.process} pid=${origin.pid}) ${level} ${formatLogTime(at)} [${source}] `
  return `${message
    .split('\n')
    .map((line) => head + line)
    .join('\r\n')}\n`
}
