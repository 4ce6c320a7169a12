import type { ReplyTrace } from '@/lib/domain/reply-trace'

/** The request as a shell command that sends it again; the key is read from the shell's own OPENAI_API_KEY. */
export function toCurl(trace: Pick<ReplyTrace, 'request'>): string {
  const { url, headers, body } = trace.request
  const lines = Object.entries(headers)
    .filter(([name]) => name.toLowerCase() !== 'authorization')
    .map(([name, value]) => `  -H ${quote(`${name}: ${value}`)}`)
  return [
    `curl -N ${quote(url)}`,
    '  -H "Authorization: Bearer $OPENAI_API_KEY"',
    ...lines,
    `  --data-raw ${quote(JSON.stringify(body))}`,
  ].join(' \\\n')
}

/** For a POSIX shell: within single quotes nothing is read as anything else. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
