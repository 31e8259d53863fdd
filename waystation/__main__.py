"""What people run by hand: `python -m waystation COMMAND`, one module of `commands` each.

A command has a docstring, which is its help, `add_options(parser)`, and `main(options)`, which may
return an exit status. What a person can cause ends in one line and exit status 1.
"""

import argparse
import ast
import importlib
import os
import pkgutil
import signal
import sys
from pathlib import Path

from waystation import commands
from waystation.base.errors import UserError, one_line

# Commands that work on files anywhere; all others run or read a clone of the project.
ANYWHERE = ("convert", "export", "score")


def main() -> None:
    stand_in_clone()
    named = sys.argv[1] if len(sys.argv) > 1 else ""
    if named in names():
        raise SystemExit(run(named, sys.argv[2:]))
    parser = argparse.ArgumentParser(
        prog="python -m waystation",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="commands:\n"
        + "\n".join(f"  {name:9} {first_line(name)}" for name in names())
        + "\n\n`python -m waystation COMMAND --help` says more of each.",
    )
    parser.add_argument("command", choices=names(), metavar="COMMAND")
    parser.parse_args()


def stand_in_clone() -> None:
    """Go on with the code of the clone that a user stands in: stages run that, and digest it."""
    here = Path("waystation", "__main__.py")
    if here.is_file() and not here.samefile(__file__):
        os.execv(sys.executable, [sys.executable, "-m", "waystation", *sys.argv[1:]])


def hold_clone(name: str) -> None:
    """Refuse a command that needs a clone where there is none."""
    if name not in ANYWHERE and not (Path("dvc.yaml").is_file() and Path("stages").is_dir()):
        raise UserError(
            f"this folder is no clone of the project: dvc.yaml and stages/ are not here; "
            f"`git clone` it and run `{name}` in its folder ({', '.join(ANYWHERE)} work anywhere)"
        )


def names() -> list[str]:
    return sorted(entry.name for entry in pkgutil.iter_modules(commands.__path__))


def first_line(name: str) -> str:
    """What a command does, read without importing it."""
    text = Path(commands.__path__[0], f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0].rstrip(".")


def run(name: str, words: list[str]) -> int:
    """Run one command with its options; returns the exit status."""
    command = importlib.import_module(f"waystation.commands.{name}")
    parser = argparse.ArgumentParser(
        prog=f"python -m waystation {name}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_options(parser)
    options = parser.parse_args(words)
    try:
        hold_clone(name)
        status = command.main(options) or 0
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # who reads has seen enough, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    except (UserError, OSError) as problem:
        print(f"{name}: error: {one_line(problem)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    main()
