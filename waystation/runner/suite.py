"""One run of one suite."""

import os
import re
import shlex
import sys
import time
from collections.abc import Callable
from fnmatch import fnmatchcase
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import yaml

from waystation.base.errors import UserError
from waystation.base.process import SCRATCH
from waystation.runner.cards import cards
from waystation.runner.display import Display, duration
from waystation.runner.schedule import Schedule, ancestors, downstream, expected_seconds, group
from waystation.runner.worker import preload

DECIDING = ("code", "generate", "sources", "download", "recipes")  # cheap; say what else must run
EXCLUSIVE = "benchmark"
SHOWN = "report"  # what it prints is shown at the end
TICK_SEC = 0.5


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP."""


class Suite:
    """One run of one suite."""

    def __init__(self, file: Path, targets: list[str], workers: int):
        from waystation.runner import dvc_graph, dvc_stage

        self.dvc, self.read_graph = dvc_stage, dvc_graph.read_graph
        self.sort_lock = dvc_graph.sort_lock
        self.file, self.workers = file, workers
        self.name = read_params(file).get("suite", file.absolute().parent.name)
        self.began = time.monotonic()
        self.graph = self.read_graph(file)
        self.wanted = ancestors(_resolve(targets, list(self.graph.upstream)), self.graph.upstream)
        seconds = expected_seconds(self.graph.upstream, self.name, Path(SCRATCH, "runs.jsonl"))
        stale = self.stale(self.graph)
        upstream = {s: found for s, found in self.graph.upstream.items() if s in stale}
        self.schedule = Schedule(upstream, seconds, lambda stage: group(stage) == EXCLUSIVE)
        self.processes: dict[str, BaseProcess] = {}
        on_cards = read_params(file).get("device") == "cuda"
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
        self.display = Display(self.name, len(self.wanted))
        self.dvc.warm_up()
        try:
            self.work(lambda stage: group(stage) in DECIDING)
            if self.took and self.schedule.waiting:
                self.schedule.keep(self.stale(self.read_graph(self.file)))
            self.work(lambda stage: True)
        except Interrupted as interrupted:
            self.display.close()
            print(f"{self.name}: ending {len(self.processes)} stages", flush=True)
            self.dvc.stop(list(self.processes.values()))
            print(f"interrupted after {len(self.took)} stages; the same command goes on from here")
            return 128 + interrupted.args[0]
        self.display.close()
        self.sort_lock(self.file, self.graph, drop=not self.schedule.failed)
        self.show_report()
        self.summarise()
        return 1 if self.schedule.failed else 0

    def work(self, allowed: Callable[[str], bool]) -> None:
        """Start and await stages until none is left that is allowed."""
        verbs = self.graph.verbs
        preload(verbs[s] for s in self.schedule.waiting if allowed(s) and s in verbs)
        while True:
            while len(self.processes) < self.workers and (stage := self.schedule.next(allowed)):
                self.started[stage] = time.monotonic()
                self.processes[stage] = self.dvc.start(
                    self.address(stage),
                    self.log(stage),
                    stage in self.graph.verbs,
                    self.card_for(stage),
                )
            if not self.processes:
                return
            self.display.tick(self.finished_count(), self.seconds_left, list(self.processes))
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
        self.display.finished(told, self.finished_count(), self.seconds_left)

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


def read_params(file: Path) -> dict:
    """The parameters beside a dvc.yaml, unchecked: nothing where there are none."""
    params = file.with_name("params.yaml")
    try:
        return yaml.safe_load(params.read_text()) if params.is_file() else {}
    except yaml.YAMLError as problem:
        raise UserError(f"{params} is not YAML: {problem}") from None
