"""Run what is out of date of a suite, several stages at once.

Does what `dvc repro` does, in the order that the graph allows, longest chain first; afterwards
`dvc repro` has nothing to do, and the outputs have the same bytes. Stages that measure time
(`benchmark`) run alone. When a stage fails, all that does not need it still runs. Ended with
Ctrl-C, the same command goes on where it was.

  python -m stages.run                                   the pocket suite
  python -m stages.run --workers 4 --suite-file suites/mirror/dvc.yaml
  python -m stages.run 'target@udpos-pico-ccg' align     these and what they need
"""

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from fnmatch import fnmatchcase
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import yaml
from tqdm import tqdm

from stages import settings
from stages.command import SCRATCH
from stages.errors import UserError
from stages.schedule import Schedule, ancestors, downstream, expected_seconds, group

DECIDING = ("code", "generate", "sources", "download", "recipes")  # cheap; say what else must run
EXCLUSIVE = "benchmark"
SHOWN = "report"  # what it prints is shown at the end
TICK_SEC = 0.5
# Of a card, for a stage: XLM-R large trains in 17 at most. Alone it leaves the card idle for two
# thirds of the time; of four at once each had 0.6 to 0.8 of the speed (H100).
STAGE_GIB = 20


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP."""


def main() -> None:
    args = _parse()
    try:
        status = run(args.suite_file, args.targets, args.workers or _default_workers(args))
    except (UserError, OSError) as problem:
        print(f"run: error: {problem}", file=sys.stderr)
        status = 1
    except Interrupted as interrupted:  # while no stage runs
        print("interrupted", file=sys.stderr)
        status = 128 + interrupted.args[0]
    raise SystemExit(status)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m stages.run",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "targets",
        nargs="*",
        help="stages, groups of stages or patterns such as 'target@xnli-*' (default: all); "
        "what they need is run too",
    )
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
    return parser.parse_args()


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: a whole number from 1 up is needed")
    return int(text)


def _default_workers(args: argparse.Namespace) -> int:
    params = _params(args.suite_file)
    threads = params.get("threads", 1)
    if not isinstance(threads, int) or threads < 1:
        where = args.suite_file.with_name("params.yaml")
        raise UserError(f"{where}: threads: expected a whole number from 1 up, got {threads!r}")
    if params.get("device") == "cuda":
        return max(1, sum(max(1, int(size / STAGE_GIB)) for size in cards().values()))
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, cores // threads)


def cards() -> dict[str, float]:
    """{name for `CUDA_VISIBLE_DEVICES`: GiB} of the CUDA cards that stages may use."""
    query = ["nvidia-smi", "--query-gpu=index,uuid,memory.total", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(query, capture_output=True, text=True)
    except FileNotFoundError:
        return {}
    rows = [line.split(", ") for line in told.stdout.splitlines() if told.returncode == 0]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    chosen = [index for index, *_ in rows] if visible is None else visible.split(",")
    return {  # a card that shares the machine's memory tells no number
        name: float(mebibytes) / 1024 if mebibytes.isdecimal() else STAGE_GIB
        for name in chosen
        for index, uuid, mebibytes in rows
        if name and (name == index or uuid.startswith(name))
    }


def run(file: Path, targets: list[str], workers: int) -> int:
    """Run what is out of date; returns the exit status."""
    if not file.is_file():
        raise UserError(f"--suite-file: {file} does not exist")
    # Commands say `python`: it shall be this one.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    from dvc.exceptions import DvcException

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        return Suite(file, targets, workers).run()
    except (DvcException, TypeError, AttributeError) as problem:
        params = file.with_name("params.yaml")
        if params.is_file():  # DVC's templates read it first, and say less of what is wrong in it
            settings.load(params)
        if isinstance(problem, DvcException):
            raise UserError(f"DVC: {problem}") from problem
        raise


def _interrupt(signum, frame) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted(signum)


class Suite:
    """One run of one suite."""

    def __init__(self, file: Path, targets: list[str], workers: int):
        from stages import dvc_stage

        self.dvc = dvc_stage
        self.file, self.workers = file, workers
        self.name = _params(file).get("suite", file.absolute().parent.name)
        self.began = time.monotonic()
        self.graph = self.dvc.read_graph(file)
        self.wanted = ancestors(_resolve(targets, list(self.graph.upstream)), self.graph.upstream)
        seconds = expected_seconds(self.graph.upstream, self.name, Path(SCRATCH, "runs.jsonl"))
        stale = self.stale(self.graph)
        upstream = {s: found for s, found in self.graph.upstream.items() if s in stale}
        self.schedule = Schedule(upstream, seconds, lambda stage: group(stage) == EXCLUSIVE)
        self.processes: dict[str, BaseProcess] = {}
        on_cards = _params(file).get("device") == "cuda"
        self.cards: dict[str, list[str]] = {c: [] for c in cards()} if on_cards else {}
        self.started: dict[str, float] = {}
        self.took: dict[str, float] = {}  # seconds of those that ran
        self.visited = 0  # were up to date when their turn came

    def stale(self, graph) -> set[str]:
        return downstream(graph.changed, graph.upstream) & self.wanted

    def run(self) -> int:
        if not self.schedule.waiting:
            print(f"{self.name}: all {len(self.wanted)} stages are up to date")
            return 0
        self.display = Display(self)
        self.dvc.warm_up()
        try:
            self.work(lambda stage: group(stage) in DECIDING)
            if self.took and self.schedule.waiting:
                self.schedule.keep(self.stale(self.dvc.read_graph(self.file)))
            self.work(lambda stage: True)
        except Interrupted as interrupted:
            self.display.close()
            print(f"{self.name}: ending {len(self.processes)} stages", flush=True)
            self.dvc.stop(list(self.processes.values()))
            print(f"interrupted after {len(self.took)} stages; the same command goes on from here")
            return 128 + interrupted.args[0]
        self.display.close()
        self.dvc.sort_lock(self.file, self.graph, drop=not self.schedule.failed)
        self.show_report()
        self.summarise()
        return 1 if self.schedule.failed else 0

    def work(self, allowed: Callable[[str], bool]) -> None:
        """Start and await stages until none is left that is allowed."""
        while True:
            while len(self.processes) < self.workers and (stage := self.schedule.next(allowed)):
                self.started[stage] = time.monotonic()
                self.processes[stage] = self.dvc.start(
                    self.address(stage), self.log(stage), self.card_for(stage)
                )
            if not self.processes:
                return
            self.display.tick()
            connection.wait([p.sentinel for p in self.processes.values()], TICK_SEC)
            for stage in [s for s, p in self.processes.items() if not p.is_alive()]:
                self.ended(stage)

    def card_for(self, stage: str) -> str | None:
        """The card with the fewest stages, now with this one too."""
        if not self.cards:
            return None
        card = min(self.cards, key=lambda card: len(self.cards[card]))
        self.cards[card].append(stage)
        return card

    def ended(self, stage: str) -> None:
        process = self.processes.pop(stage)
        for stages in self.cards.values():
            if stage in stages:
                stages.remove(stage)
        process.join()
        seconds = time.monotonic() - self.started[stage]
        if process.exitcode == self.dvc.RAN:
            self.took[stage] = seconds
        elif process.exitcode == self.dvc.UNCHANGED:
            self.visited += 1
        succeeded = process.exitcode in (self.dvc.RAN, self.dvc.UNCHANGED)
        skipped = self.schedule.finish(stage, succeeded)
        told = f"{stage} {duration(seconds)}"
        if process.exitcode == self.dvc.UNCHANGED:
            told = f"{stage} up to date"
        elif not succeeded:
            told = f"FAILED {told}, see {self.log(stage)}"
            told += f"; {len(skipped)} stages that need it are skipped" if skipped else ""
        self.display.finished(told)

    def address(self, stage: str) -> str:
        return f"{self.file}:{stage}"

    def log(self, stage: str) -> Path:
        return Path(SCRATCH, "logs", self.name, f"{stage.replace('/', '_')}.log")

    def finished_count(self) -> int:
        """Stages that are up to date by now."""
        left = len(self.schedule.waiting) + len(self.schedule.running)
        return len(self.wanted) - left - len(self.schedule.failed) - len(self.schedule.skipped)

    def seconds_left(self) -> float:
        now = time.monotonic()
        elapsed = {stage: now - self.started[stage] for stage in self.processes}
        expected = sum(self.schedule.seconds[stage] for stage in self.took)
        # This machine now, over what was noted; a half minute of doubt while few have run.
        scale = (sum(self.took.values()) + 30) / (expected + 30)
        return self.schedule.seconds_left(self.workers, elapsed, scale)

    def show_report(self) -> None:
        """Print what the report printed: the lines between DVC's."""
        for stage in self.took:
            if group(stage) == SHOWN:
                lines = self.log(stage).read_text().splitlines()
                first = 1 + max((i for i, line in enumerate(lines) if line[:2] == "> "), default=-1)
                other = re.compile(r"Updating lock file|[^:]+: +\d+%\|")  # DVC's, and of bars
                told = [s for s in lines[first:] if not other.match(s)]
                print("\n".join(told).strip(), flush=True)

    def summarise(self) -> None:
        wall, summed = time.monotonic() - self.began, sum(self.took.values())
        untouched = len(self.wanted) - len(self.took) - len(self.schedule.failed)
        untouched -= len(self.schedule.skipped)
        print(
            f"{self.name}: {len(self.took)} of {len(self.wanted)} stages ran, {untouched} were up "
            f"to date, in "
            f"{duration(wall)}; one after another they took {duration(summed)} "
            f"({summed / wall:.2f} at a time)",
            flush=True,
        )
        if not self.schedule.failed:
            return
        print(f"\n{len(self.schedule.failed)} failed:")
        alike: dict[str, list[str]] = {}
        for stage in self.schedule.failed:
            alike.setdefault(reason(self.log(stage)), []).append(stage)
        for text, (stage, *others) in alike.items():
            print(f"  {stage}\n    log:    {self.log(stage)}\n    repeat: {self.repeat(stage)}")
            print("\n".join(f"    | {line}" for line in text.splitlines()))
            if others:
                print(f"    {len(others)} more for the same reason, with the like command:")
                print("\n".join(f"      {other}, log {self.log(other)}" for other in others))
        if self.schedule.skipped:
            print(f"{len(self.schedule.skipped)} skipped, as they need one of these:")
            print("  " + " ".join(self.schedule.skipped))

    def repeat(self, stage: str) -> str:
        """The command that repeats one stage, for a shell with or without the environment."""
        address = stage if str(self.file) == "dvc.yaml" else self.address(stage)
        command = f"dvc --wait-for-lock repro --single-item {shlex.quote(address)}"
        if os.environ.get("VIRTUAL_ENV") == sys.prefix:
            return command
        return f'PATH={shlex.quote(str(Path(sys.executable).parent))}:"$PATH" {command}'


def reason(log: Path) -> str:
    """Why a stage failed: the error that it told, else the last lines of its log."""
    lines = log.read_text(errors="replace").splitlines()
    told = [line for line in lines if re.match(r"\w+: error: ", line)]
    return "\n".join(told[-1:] or lines[-3:])


class Display:
    """A live bar on a terminal, a line per finished stage in a log."""

    def __init__(self, suite: Suite):
        self.suite = suite
        self.bar = None
        if sys.stderr.isatty():
            self.bar = tqdm(
                total=len(suite.wanted),
                bar_format="{desc}{n_fmt}/{total_fmt} |{bar:20}| {elapsed}{postfix}",
                desc=f"{suite.name}: ",
                dynamic_ncols=True,
                leave=False,
            )

    def tick(self) -> None:
        if self.bar is not None:
            self.bar.n = self.suite.finished_count()
            cells = ", ".join(self.suite.processes)
            self.bar.set_postfix_str(f"{self.left()} | {cells}")

    def finished(self, told: str) -> None:
        if self.bar is None:
            count, total = self.suite.finished_count(), len(self.suite.wanted)
            print(f"[{count:{len(str(total))}}/{total}] {told}  ({self.left()})", flush=True)
        elif told.startswith("FAILED"):
            self.bar.write(told)

    def left(self) -> str:
        return f"left about {duration(self.suite.seconds_left())}"

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def duration(seconds: float) -> str:
    """`4.2 s`, `3 min`, `2 h 5 min`: no more than can be meant."""
    if seconds < 60:
        return f"{seconds:.{1 if seconds < 10 else 0}f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 10:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _resolve(targets: list[str], stages: list[str]) -> list[str]:
    """The stages that targets name: a stage, a group, or a pattern."""
    found = []
    for target in targets:
        named = [s for s in stages if target in (s, group(s)) or fnmatchcase(s, target)]
        if not named:
            groups = ", ".join(dict.fromkeys(group(stage) for stage in stages))
            raise UserError(f"no stage is named {target!r}; groups of stages: {groups}")
        found += named
    return found or stages


def _params(file: Path) -> dict:
    params = file.with_name("params.yaml")
    try:
        return yaml.safe_load(params.read_text()) if params.is_file() else {}
    except yaml.YAMLError as problem:
        raise UserError(f"{params} is not YAML: {problem}") from None


if __name__ == "__main__":
    main()
