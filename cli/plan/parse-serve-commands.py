"""Puts commands through the argument parser of the installed vLLM, the very one that `vllm serve` starts with.

Reads one JSON array of words a line (`["vllm", "serve", "Qwen/…", …]`) or, with `--config`, one path of a
configuration file a line. Prints how many were taken and the first refusals; ends with 1 when one was refused.
Run it with the Python of an environment that has vLLM.
"""

import contextlib
import io
import json
import sys

import vllm
from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.utils.argparse_utils import FlexibleArgumentParser


def build_parser() -> FlexibleArgumentParser:
    parser = FlexibleArgumentParser(prog="vllm")
    serve = parser.add_subparsers(dest="subparser").add_parser("serve")
    make_arg_parser(serve)
    return parser


def main() -> int:
    parser = build_parser()
    is_config = "--config" in sys.argv[1:]
    taken, refused = 0, []
    for line in filter(str.strip, sys.stdin):
        words = ["vllm", "serve", "--config", line.strip()] if is_config else json.loads(line)
        message = io.StringIO()
        try:
            with contextlib.redirect_stderr(message):
                args = parser.parse_args(words[1:])
                validate_parsed_serve_args(args)
            taken += 1
        except (SystemExit, ValueError, TypeError) as error:
            last = (message.getvalue().strip().splitlines() or [str(error)])[-1]
            refused.append(f"{last}  <=  {' '.join(words)}")
    print(f"vLLM {vllm.__version__}: {taken} commands taken, {len(refused)} refused")
    for text in refused[:10]:
        print(text)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
