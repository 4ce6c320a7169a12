export const HELP = `Measure an engine by a small fixed workload, and compare what a change brought.

  npm run tips -- [--engine URL] --label before
  (change one flag, start the engine anew)
  npm run tips -- [--engine URL] --label after --compare before after

  --engine URL         the engine (default: OPENAI_BASE_URL, else http://127.0.0.1:8000/v1)
  --label NAME         under which the run is kept, in the folder tips of DATA_DIR (default: today's date);
                       runs of one label are compared together
  --only A,B           some of concurrency, prefix, interference, batch (default: all)
  --repeats N          how often each is measured (default: 4; under 3 nothing can be compared)
  --max-minutes N      gives up after that (default: 15)
  --compare A B        two labels: medians, spread, ratio; alone, nothing is measured
  --list               the labels that are there
  --json               what was recorded or compared, as JSON

concurrency   throughput and time to first token with 1, 4, 16 and 32 short questions at once
prefix        a beginning of 512, 1,024 and 2,048 tokens, new to the engine and then known to it
interference  what a prompt of 2,048 tokens does to the tokens of four short chats
batch         16 questions one by one, then all at once

A difference is called one only when the two ranges do not touch, the medians lie further apart than the
wider range is wide, and by a tenth at least. Ctrl-C cancels: a run that is cut is not kept.

Ends with 0, with 1 when the engine could not be measured, 2 when the input cannot be used.
`
