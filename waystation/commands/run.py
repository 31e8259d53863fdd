"""Run what is out of date of a suite, several stages at once.

Does what `dvc repro` does, in the order that the graph allows, longest chain first; afterwards
`dvc repro` has nothing to do, and the outputs have the same bytes. Stages that measure time
(`benchmark`) run alone. When a stage fails, all that does not need it still runs. Ended with
Ctrl-C, the same command goes on where it was.

  python -m waystation run                                   the pocket suite
  python -m waystation run --workers 4 --suite-file suites/small/dvc.yaml
  python -m waystation run 'target@tagging-pico-ccg' align   these and what they need
"""

import argparse
import dataclasses
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from waystation.base.errors import UserError
from waystation.frame.suite_check import read_suite
from waystation.params.schema import Settings
from waystation.runner import cluster
from waystation.runner.cards import STAGE_GIB, cards
from waystation.runner.suite import Interrupted, Suite, read_params


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "targets",
        nargs="*",
        help="stages, groups of stages or patterns such as 'target@tagging-*' (default: all); "
        "what they need is run too",
    )
    add_run_options(parser)
    parser.add_argument(
        "--executor",
        default="local",
        choices=cluster.NAMES,
        help="where stages run: here, as Slurm jobs (submitit), or on a Ray cluster; --workers "
        "then caps the jobs at once (default: local)",
    )


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """How many stages at once, and of which suite."""
    parser.add_argument(
        "--workers",
        type=_at_least_one,
        help="stages at once (default: the processor's cores over the suite's `threads`, or with "
        f"`device: cuda` one for every {STAGE_GIB} GiB of a card); each stage sees one card",
    )
    parser.add_argument(
        "--suite-file",
        type=Path,
        default=Path("dvc.yaml"),
        help="the dvc.yaml of the suite (default: dvc.yaml, the pocket suite)",
    )


def main(options: argparse.Namespace) -> int:
    file, targets, where = options.suite_file, options.targets, options.executor
    return run(options, lambda workers: Suite(file, targets, workers, executor=where).run())


def run(options: argparse.Namespace, work: Callable[[int], int]) -> int:
    """Have `work` run the suite with so many workers; returns the exit status."""
    check(options.suite_file)
    workers = options.workers or _default_workers(options.suite_file)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        return work(workers)
    except Interrupted as interrupted:  # while no stage runs
        print("interrupted", file=sys.stderr)
        return 128 + interrupted.args[0]


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1 up is needed")
    return int(text)


def _default_workers(suite_file: Path) -> int:
    params = read_params(suite_file)
    threads = params.get("threads", 1)
    if not isinstance(threads, int) or threads < 1:
        where = suite_file.with_name("params.yaml")
        raise UserError(f"{where}: threads: expected a whole number from 1 up, got {threads!r}")
    if params.get("device") == "cuda":
        return max(1, sum(max(1, int(size / STAGE_GIB)) for size in cards().values()))
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, cores // threads)


def check(file: Path) -> None:
    """Refuse what no stage could run with."""
    if not file.is_file():
        raise UserError(f"--suite-file: {file} does not exist")
    # Commands say `python`: it shall be this one.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = [field.name for field in dataclasses.fields(Settings)]
    if len(read_params(file).keys() & {*own}) > len(own) / 2:  # else a graph of somebody's own
        read_suite(file.with_name("params.yaml"))


def _interrupt(signum, frame) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted(signum)
