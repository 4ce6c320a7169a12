"""Writes every option of `vllm serve` as JSON, as the argument parser of the installed vLLM knows it.

    python cli/plan/list-serve-options.py > lib/planner/__fixtures__/vllm-<version>.serve-options.json

Run it with the Python of an environment that has vLLM. `converts` names the parser's own conversion
(`int`, `human_readable_int_or_auto`, …), `nargs` is argparse's, `choices` what else is refused.
"""

import argparse
import json
import sys

import vllm
from vllm.entrypoints.launchers.cli_args import make_arg_parser
from vllm.utils.argparse_utils import FlexibleArgumentParser


def main() -> None:
    parser = make_arg_parser(FlexibleArgumentParser(prog="vllm serve"))
    options = []
    for action in parser._actions:
        if not action.option_strings or isinstance(action, argparse._HelpAction):
            continue
        is_flag = action.nargs == 0 or isinstance(action, argparse.BooleanOptionalAction)
        converts = getattr(action.type, "__name__", None) or (None if action.type is None else str(action.type))
        options.append(
            {
                "flags": sorted(action.option_strings),
                "takesValue": not is_flag,
                "nargs": None if is_flag else action.nargs,
                "converts": None if is_flag else converts,
                "choices": None if action.choices is None else [str(choice) for choice in action.choices],
                "isDeprecated": action in parser._deprecated,
            }
        )
    options.sort(key=lambda option: option["flags"])
    lines = ",\n".join("  " + json.dumps(option) for option in options)
    sys.stdout.write(f'{{\n "version": "{vllm.__version__}",\n "options": [\n{lines}\n ]\n}}\n')


if __name__ == "__main__":
    main()
