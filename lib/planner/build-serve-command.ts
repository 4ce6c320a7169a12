import { chooseAddress, chooseFlags, type ServeOptions, toArguments } from './choose-flags'
import { formatShellLines } from './quote-shell'

/** Bound to this machine: the app is the engine's only client. */
const LOCAL_HOST = '127.0.0.1'

/** The words of the command, `vllm` first. */
export function buildServeWords(options: ServeOptions): string[] {
  return [
    'vllm',
    'serve',
    ...toArguments(chooseFlags(options)),
    ...toArguments(chooseAddress({ host: LOCAL_HOST, port: options.port })),
  ]
}

/** `vllm serve …`, one flag a line, quoted for a POSIX shell. */
export function buildServeCommand(options: ServeOptions): string {
  const [model, ...flags] = [
    ...chooseFlags(options),
    ...chooseAddress({ host: LOCAL_HOST, port: options.port }),
  ]
  const first = ['vllm', 'serve', ...(model === undefined ? [] : toArguments([model]))]
  return formatShellLines({ lines: [first, ...flags.map((flag) => toArguments([flag]))] })
}
