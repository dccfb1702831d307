"""`python -m bench [figure …]`: measures every figure, or those named by file, and prints one JSON object per line."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from bench import figures
from bench.context import Context


def discovered() -> list[str]:
    """Names of the files in bench/figures, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(figures.__path__) if not module.name.startswith("_"))


def measured(name: str, context: Context) -> Iterator[dict[str, Any]]:
    """The figures of one file as they come; what goes wrong becomes a figure that is not met, so that others still run."""
    try:
        yield from importlib.import_module(f"bench.figures.{name}").run(context)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        yield _failed(name, error)


def _failed(name: str, error: Exception) -> dict[str, Any]:
    why = f"not measured: {type(error).__name__}: {str(error).partition(chr(10))[0][:300]}"
    return {"name": name, "value": None, "unit": "", "ratio": None, "goal": "", "met": False, "method": why}


def main(arguments: Sequence[str] | None = None) -> int:
    """Always 0 once the names are understood: a slow figure is a number, not a failure.

    The order is always the same: the steps of one figure change the items that the pages of another show.
    """
    known = discovered()
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("figure", nargs="*", help=", ".join(known))
    wanted = parser.parse_args(arguments).figure or known
    if unknown := sorted(set(wanted) - set(known)):
        parser.error(f"no such figure: {', '.join(unknown)}; there are {', '.join(known)}")
    with Context() as context:
        for name in sorted(set(wanted)):
            for line in measured(name, context):
                print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
