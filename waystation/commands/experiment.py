"""Run a variant of a suite with `dvc exp run`, its parameters those of the suite's own file.

DVC takes a parameter without a file for one of the root's params.yaml. So every `-S key=value`, in
each spelling that `dvc exp run` takes, is given the suite's file, unless it names a file itself.

  python -m waystation experiment -- -n slow -S target.learning_rate=2e-5
  python -m waystation experiment --suite-file suites/pocket-full/dvc.yaml -- --set-param=threads=2
"""

import argparse
import os
import re
import sys
from pathlib import Path

from waystation.base.errors import UserError

# `-S`, also behind flags without a value (`-fS`), its value attached or not, or behind `=`; and
# `--set-param`, and what DVC's parser takes for short of that.
SHORT = re.compile(r"(-S=|-[fhikpqsvPR]*S)(.*)", re.DOTALL)
LONG = re.compile(r"(--set(?:-(?:p(?:a(?:r(?:a(?:m)?)?)?)?)?)?|--se)(?:=(.*))?", re.DOTALL)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--suite-file",
        type=Path,
        default=Path("dvc.yaml"),
        help="the dvc.yaml of the suite (default: dvc.yaml, the pocket suite)",
    )
    parser.add_argument("words", nargs="*", metavar="-- ARGS", help="arguments of `dvc exp run`")


def main(options: argparse.Namespace) -> None:
    file = options.suite_file
    if not file.is_file():
        raise UserError(f"--suite-file: {file} does not exist")
    words = with_file(options.words, file.with_name("params.yaml").as_posix())
    suite = [] if file == Path("dvc.yaml") else [str(file)]
    sys.stdout.flush()
    os.execvp("dvc", ["dvc", "exp", "run", *words, *suite])


def with_file(words: list[str], params: str) -> list[str]:
    """The arguments of `dvc exp run` with every parameter one of the file `params`."""
    rewritten: list[str] = []
    waiting = False  # for the value of the option before
    for word in words:
        if waiting:
            rewritten.append(of_file(word, params))
            waiting = False
        elif match := LONG.fullmatch(word):
            waiting = match[2] is None
            rewritten.append(word if waiting else f"{match[1]}={of_file(match[2], params)}")
        elif match := SHORT.fullmatch(word):
            waiting = not match[2]
            rewritten.append(word if waiting else match[1] + of_file(match[2], params))
        else:
            rewritten.append(word)
    return rewritten


def of_file(override: str, params: str) -> str:
    """`key=value` as `file:key=value`; one that names its file stays."""
    named = ":" in override.partition("=")[0]
    return override if named else f"{params}:{override}"
