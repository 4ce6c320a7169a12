import { MESSAGES } from './messages.mjs'

const STEPS = ['installing', 'building', 'starting']

const STYLE = `
:root { color-scheme: light dark; --ground: oklch(1 0 0); --ink: oklch(0.24 0.008 220); --soft: oklch(0.49 0.012 220); --line: oklch(0.905 0.005 220); --accent: oklch(0.5 0.095 205); --bad: oklch(0.52 0.19 25) }
@media (prefers-color-scheme: dark) { :root { --ground: oklch(0.222 0.005 220); --ink: oklch(0.93 0.004 220); --soft: oklch(0.73 0.009 220); --line: oklch(0.335 0.007 220); --accent: oklch(0.79 0.11 200); --bad: oklch(0.76 0.13 22) } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 480px }
h1 { margin: 12px 0 4px; font-size: 20px; font-weight: 600 }
p { margin: 0; color: var(--soft) }
ol { list-style: none; margin: 24px 0; padding: 0; border-block: 1px solid var(--line) }
li { display: flex; justify-content: space-between; padding: 10px 0; color: var(--soft) }
li + li { border-top: 1px solid var(--line) }
li[aria-current] { color: var(--ink); font-weight: 600 }
li[aria-current] span { color: var(--accent) }
.failed #intro { display: none }
.failed li[aria-current] span, .failed #problem { color: var(--bad) }
li span, time { font-variant-numeric: tabular-nums }
dl { margin: 0; font-size: 13px; color: var(--soft) }
dd { margin: 0 0 8px; min-height: 20px; font-family: ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap }
#problem { margin-bottom: 12px }
`

/** The mark of app/icon.svg. */
const MARK =
  '<svg width="28" height="28" viewBox="0 0 32 32" fill="none" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#006f80"/><path d="M7.5 9.5v13M7.5 16h7" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/><rect x="17" y="11" width="10" height="10" rx="3" fill="#fff"/></svg>'

/** Runs in the browser. It is text here because the page is made before there is anything to bundle with. */
const SCRIPT = `
const words = JSON.parse(document.getElementById('words').textContent)
const steps = [...document.querySelectorAll('li')]
const byId = (id) => document.getElementById(id)
let misses = 0
const seconds = (ms) => Math.floor(ms / 1000) + ' s'
function show(status) {
  const at = steps.findIndex((step) => step.dataset.step === status.step)
  steps.forEach((step, index) => {
    step.toggleAttribute('aria-current', index === at)
    step.lastElementChild.textContent =
      index === at ? seconds(status.stepElapsedMs) : index < at ? words.done : words.next
  })
  byId('elapsed').textContent = seconds(status.elapsedMs)
  byId('output').textContent = status.lines.join('\\n')
  document.body.classList.toggle('failed', status.problem !== undefined)
  document.querySelector('h1').textContent = status.problem === undefined ? words.title : words.failed
  const { words: name, exitCode } = status.failure ?? {}
  byId('problem').textContent = name ? words[name].replace('{exitCode}', exitCode) : (status.problem ?? '')
}
async function look() {
  try {
    const response = await fetch('/health', { cache: 'no-store' })
    if (response.ok) return location.reload()
    show(await response.json())
    misses = 0
  } catch {
    // For a moment nobody listens: the port changes hands.
    misses += 1
    if (misses === 40) {
      document.body.classList.add('failed')
      byId('problem').textContent = words.lost
    }
  }
  setTimeout(look, 500)
}
look()
`

/** The whole page; `nonce` is the one that its Content-Security-Policy allows. */
export function buildWaitingPage({ locale, nonce }) {
  const words = MESSAGES[locale]
  const steps = STEPS.map(
    (step) => `<li data-step="${step}">${words[step]}<span>${words.next}</span></li>`,
  )
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
${MARK}
<div role="status"><h1>${words.title}</h1></div>
<p id="intro">${words.intro}</p>
<ol>${steps.join('')}</ol>
<p id="problem" role="alert"></p>
<dl>
<dt>${words.elapsed}</dt><dd><time id="elapsed"></time></dd>
<dt>${words.lastLine}</dt><dd id="output"></dd>
</dl>
<noscript><p>${words.noScript}</p></noscript>
</main>
<script type="application/json" id="words" nonce="${nonce}">${escapeScript(words)}</script>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`
}

function escapeScript(value) {
  return JSON.stringify(value).replace(/</g, '\\u003c')
}
