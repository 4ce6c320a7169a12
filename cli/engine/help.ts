export const HELP = `Start a vLLM on this machine by a plan, and tend it. From the terminal only: no page can start it.

  npm run engine -- start [flags] [-- more flags of vLLM]
  npm run engine -- stop   [--port N]
  npm run engine -- status [--port N] [--json]
  npm run engine -- logs   [--port N] [--lines N] [--follow]

start
  --plan FILE          what npm run plan -- --json wrote
  the plan's flags     --gpu, --weights, --max-model-len … as npm run plan takes them; they win over
                       the file. Without --gpu the cards of nvidia-smi are planned for
  --executable PATH    the vllm program (default: VLLM_EXECUTABLE, else vllm on the PATH)
  --restart            start it again when it ends by itself, after 1, 2, 4 … 60 s; never where the same
                       start would only fail again
  --no-gpu-check       go on where there is no nvidia-smi, as for a vLLM on the CPU
  --force              go on where the plan does not fit, or is refused by the cards

It checks the plan against nvidia-smi, starts vllm serve on 127.0.0.1, waits until it answers and stays
in front until Ctrl-C, which ends vLLM cleanly. The log goes to engine-PORT/vllm.log in DATA_DIR: an app
with the same DATA_DIR and that port follows it by itself.

Ends with 0 when it was stopped, 1 when vLLM ended or could not start, 2 when the input cannot be used,
3 when another launcher has that port.
`
