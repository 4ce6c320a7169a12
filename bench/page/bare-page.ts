/** The least that a page can do: it streams from the engine and shows the text as it comes. */
export function buildBarePage(engineBody: Record<string, unknown>): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>bare</title>
<style>.answer { white-space: pre-wrap }</style>
<main></main>
<textarea id="chat-input"></textarea>
<script type="module">
const body = ${JSON.stringify(engineBody)}
const input = document.querySelector('#chat-input')
input.addEventListener('keydown', async (event) => {
  if (event.key !== 'Enter') return
  event.preventDefault()
  const question = input.value
  input.value = ''
  const answer = document.createElement('p')
  answer.className = 'answer'
  document.querySelector('main').append(answer)
  const messages = [...body.messages.slice(0, -1), { role: 'user', content: question }]
  const response = await fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, messages }),
  })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    const events = (rest + value).split('\\n\\n')
    rest = events.pop()
    for (const event of events) {
      if (!event.startsWith('data: {')) continue
      const text = JSON.parse(event.slice(6)).choices[0]?.delta.content
      if (text) answer.append(text)
    }
  }
})
</script>
`
}
