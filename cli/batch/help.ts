export const HELP = `Ask a list of questions, so many at once, and keep every answer.

  npm run batch -- FILE --out FILE [flags]     FILE may be - for stdin
  npm run batch -- FILE --check                look it through, ask nothing
  npm run batch -- FILE --compare K            the first K rows one by one, then 2, 4, 8 … at once

What to ask
  --format NAME        lines, csv, jsonl or openai (default: by the file's name and first line)
  --column NAME        the column or key with the question (default: prompt, question … or the first)
  --template TEXT      a question made of columns: 'Translate {text} into {language}'
  --skip-bad           go on without the rows that cannot be asked

How to ask
  --concurrency N      never more in flight, 1-256 (default: 8)
  --adaptive           begin with one, add until the engine is overloaded, halve then; N is the top
  --spacing MS         least time between two starts (default: 0)
  --attempts N         tries of a row, counted while nothing had come of its answer (default: 4)
  --max-tokens N       (default: 512)
  --temperature T      (default: the model's own)
  --system-prompt TEXT, --no-system-prompt     in place of the app's own, which all rows share
  --model NAME         in place of the engine's first one, and of what rows name
  --url URL            the engine (default: OPENAI_BASE_URL, else http://127.0.0.1:8000/v1)

What to write
  --out FILE           csv, jsonl or openai, by its name unless --output-format says so
  --output-format NAME
  --order NAME         input (default) or done: as the answers came
  --goodput TEXT       targets for the summary: 'ttft:200 tpot:50'
  --json               progress and summary as JSON, one object a line

A run that was cut goes on where it stopped when the same command is given again; until it is whole
its results are kept beside FILE in FILE.batch.
  --retry-failed       ask again what failed or was cut
  --restart            forget what is there and begin anew

Ends with 0 when every row was answered, 1 when some failed, 2 when the input cannot be used,
130 when it was stopped (what was done is written).
`
